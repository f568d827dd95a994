"""Whatever the database keeps of a study is in its archive, or is left out for a reason that stands here."""

import json
import zipfile

import pytest

from app.archives import rows, sitting_rows
from app.archives.layout import Read
from app.db.base import Base
from tests.archives.conftest import Origin

pytestmark = pytest.mark.one_database

TOLD_BY: dict[str, type[Read]] = {
    "studies": rows.StudyRow, "pictures": rows.PictureRow, "stimuli": rows.StimulusRow,
    "measure_sources": rows.SourceRow, "measure_values": rows.ValueRow, "pairs": rows.PairRow,
    "subjects": rows.SubjectRow, "external_ids": sitting_rows.ExternalRow, "sessions": sitting_rows.SessionRow,
    "consents": sitting_rows.ConsentRow, "questionnaires": sitting_rows.QuestionnaireRow,
    "screenings": sitting_rows.ScreeningRow, "trials": sitting_rows.TrialRow, "votes": sitting_rows.VoteRow,
    "showings": sitting_rows.ShowingRow, "exclusions": sitting_rows.ExclusionRow, "events": sitting_rows.EventRow,
}  # fmt: skip
UNDER_ANOTHER_NAME = {
    "id": "number", "session_id": "session", "trial_id": "trial", "subject_id": "subject", "pair_id": "pair",
    "picture_digest": "picture", "reference_digest": "reference", "reference_id": "reference", "a_id": "a",
    "b_id": "b", "source_id": "source", "job_id": "job",
}  # fmt: skip
LEFT_OUT = {  # what is called id elsewhere is the number in the archive
    "studies.id": "the manifest has it",
    "studies.trouble": "why it paused itself once; an imported study takes nobody",
    "studies.revision": "counts changes of a draft, of which the import is the first",
    "studies.duplicate_of": "another study, which is not in the archive",
    "studies.link_key": "the links to it, which hold where they were made",
    "studies.rehearsal_of": "another study, which is not in the archive",
    "subjects.link_key": "the link of theirs, which holds where it was made",
    "pairs.task": "its stimuli have it", "pairs.scene": "its stimuli have it",
    "pairs.original_id": "the number in the archive", "sessions.original_id": "the number in the archive",
    "trials.original_id": "the number in the archive", "trials.original_token": "the token in the archive",
    "sessions.token": "it opens the session where it is kept, and no log names it",
    "votes.id": "its trial names it", "screenings.id": "their order has it",
    "exclusions.id": "their order has it",
}  # fmt: skip
NO_PART = {
    "jobs", "job_needs", "job_points", "job_samples", "renderings", "workers", "photographs", "photograph_sets",
    "foreign_measures",  # each value says which way its measure is better
    "accounts", "memberships", "account_invitations", "audit_entries", "logins", "login_links", "api_tokens",
    "failed_attempts",
}  # fmt: skip


def test_every_table_is_told_or_no_part_of_a_study() -> None:
    assert Base.metadata.tables.keys() == TOLD_BY.keys() | NO_PART


@pytest.mark.parametrize("table", TOLD_BY)
def test_every_column_is_told_or_left_out_for_a_reason(table: str) -> None:
    columns = [column.name for column in Base.metadata.tables[table].columns if column.name != "study_id"]
    told = TOLD_BY[table].model_fields
    missing = [name for name in columns if name not in told and UNDER_ANOTHER_NAME.get(name) not in told]
    assert missing == [name for name in columns if f"{table}.{name}" in LEFT_OUT]


def test_every_line_has_the_keys_that_are_read(origin: Origin) -> None:
    with zipfile.ZipFile(origin.personal) as archive:
        for table in TOLD_BY.keys() - {"studies"}:
            lines = archive.read(f"{table}.jsonl").splitlines()
            assert lines, table
            assert json.loads(lines[0]).keys() == TOLD_BY[table].model_fields.keys()
