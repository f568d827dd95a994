"""A study goes out of one installation and into another, and says there what it said where it was made."""

import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app import __version__
from app.archives.refusals import ImportedAlready
from app.cli._doctor import contents
from app.clock import now
from app.db import Database
from app.db.models import (
    AuditEntry,
    Exclusion,
    ExternalId,
    MeasureValue,
    Questionnaire,
    Session,
    Study,
    StudyState,
    Subject,
    Trial,
)
from app.db.upkeep import Health
from app.results.plan import plan_of
from app.sessions import events, recompute, withdrawal
from app.sessions.enrol import StudyClosed, begin
from app.sessions.links import public_token
from app.studies import measured, moves, service
from tests.actors import somebody
from tests.archives import lived
from tests.archives.conftest import Origin, Place
from tests.sessions.planted import SECRET, join, session_id
from tests.web import small_study


def _sessions(database: Database, study: int) -> list[int]:
    with database.read() as db:
        return list(db.scalars(select(Session.id).where(Session.study_id == study).order_by(Session.id)))


def test_its_results_are_those_of_the_original(origin: Origin, here: Place) -> None:
    taken = here.take_in(origin.archive)
    tables = lived.taken_away(here.database, taken.study_id)
    assert tables == lived.taken_away(origin.place.database, origin.study)
    assert len(tables["votes"]) == taken.votes + 1 > 20
    values = measured.held(here.database, taken.study_id)
    assert values
    assert values == measured.held(origin.place.database, origin.study)


def test_its_deviations_from_the_plan_are_those_of_the_original_also_where_it_goes_on(
    origin: Origin, here: Place
) -> None:
    made = plan_of(origin.place.database, origin.study)
    told = made.deviations(made.options)
    assert "looked at before the study was closed, once, first after 31 votes" in told
    first = here.take_in(origin.archive).study_id
    second = here.take_in(here.export(first), again=True).study_id
    for study in (first, second):
        brought = plan_of(here.database, study)
        assert brought.deviations(brought.options) == told
        assert [(one.by, one.votes) for one in brought.peeks] == [("", 31)]


def test_its_logs_can_be_verified_and_its_blocks_computed_again(origin: Origin, here: Place) -> None:
    taken = here.take_in(origin.archive)
    found = [*contents.logs(here.database), *contents.votes(here.database), *contents.studies(here.database)]
    assert {finding.state for finding in found} == {Health.WELL}
    assert {finding.state for finding in contents.pictures(here.database, here.media, verify=True)} == {Health.WELL}
    sessions = _sessions(here.database, taken.study_id)
    assert len(sessions) == taken.sessions == 6
    blocks = [block for session in sessions for block in recompute.blocks(here.database, session)]
    assert all(block.stored == block.computed for block in blocks)


@pytest.mark.one_database
def test_the_same_study_exported_again_is_the_same_archive(origin: Origin, here: Place) -> None:
    assert origin.place.export(origin.study, personal=True).name == origin.personal.name != origin.archive.name
    taken = here.take_in(origin.personal)
    with here.database.read() as db:
        imported = dict(db.get_one(Study, taken.study_id).imported or {})
    assert datetime.fromisoformat(imported.pop("at")) <= now()
    assert [one["votes"] for one in imported.pop("looks")] == [31]
    assert imported == {
        "archive": taken.archive, "study": origin.study, "program": __version__, "format_version": 1, "personal": True,
        "before": None,
    }  # fmt: skip


def test_an_imported_study_goes_on_to_another_place(origin: Origin, here: Place) -> None:
    first = here.take_in(origin.archive)
    second = here.take_in(here.export(first.study_id))
    assert second.study_id != first.study_id
    assert lived.taken_away(here.database, second.study_id) == lived.taken_away(here.database, first.study_id)
    assert {finding.state for finding in contents.logs(here.database)} == {Health.WELL}
    with here.database.read() as db, origin.place.database.read() as made:
        kept = select(Trial.original_id).join(Session).where(Session.study_id == second.study_id).order_by(Trial.id)
        first_told = select(Trial.id).join(Session).where(Session.study_id == origin.study).order_by(Trial.id)
        assert list(db.scalars(kept)) == list(made.scalars(first_told))


def test_no_link_and_no_token_of_one_study_opens_anything_of_another(origin: Origin, here: Place) -> None:
    studies = [here.take_in(origin.archive, again=True).study_id for _ in range(2)]
    with here.database.read() as db, origin.place.database.read() as made:
        for found in (select(Session.study_id, Session.token), select(Session.study_id, Trial.token).join(Trial)):
            tokens = [(db, one) for one in studies] + [(made, origin.study)]
            sets = [{token for number, token in place.execute(found) if number == one} for place, one in tokens]
            assert len(set.union(*sets)) == sum(map(len, sets)) >= 18
    with pytest.raises(StudyClosed):
        begin(here.database, SECRET, public_token(here.database, SECRET, studies[0]))


def test_what_is_personal_stays_at_home_unless_it_is_asked_for(origin: Origin, here: Place) -> None:
    bare, full = here.take_in(origin.archive), here.take_in(origin.personal)
    again = here.take_in(here.export(bare.study_id, personal=True), again=True)  # there is nothing left to ask for
    for number, personal in ((bare.study_id, 0), (full.study_id, 5), (again.study_id, 0)):
        with here.database.read() as db:
            of_study = select(Session.id).where(Session.study_id == number)
            said = list(db.scalars(select(Questionnaire).where(Questionnaire.session_id.in_(of_study))))
            external = list(db.scalars(select(ExternalId).where(ExternalId.study_id == number)))
            codes = list(db.scalars(select(Session.completion_code).where(Session.study_id == number)))
            decisions = db.execute(
                select(Exclusion.rule, Exclusion.reason, Exclusion.decided_by).where(Exclusion.session_id.in_(of_study))
            ).all()
        assert len(said) == personal
        assert len(external) == (2 if personal else 0)
        assert any(codes) is bool(personal)
        assert any(reason for _, reason, _ in decisions) is bool(personal)
        assert ("ada" in {by for *_, by in decisions}) is bool(personal)
        if not personal:
            assert {(rule, by) for rule, _, by in decisions} >= {("manual", "account")}


@pytest.mark.parametrize("secret", ["prolific1", "not well", '"answers":', "slept</b>", '"ada"', "Did not sit still"])
def test_no_member_of_an_archive_without_it_names_what_is_personal(origin: Origin, secret: str) -> None:
    def said(path: Path) -> bytes:
        with zipfile.ZipFile(path) as archive:
            return b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".jsonl"))

    assert secret.encode() not in said(origin.archive)
    assert secret.encode() in said(origin.personal)


def test_a_design_is_a_draft_that_can_be_opened(origin: Origin, here: Place) -> None:
    taken = here.take_in(origin.design)
    view, made = service.get(here.database, taken.study_id), service.get(origin.place.database, origin.study)
    assert (view.state, view.opened_at, taken.is_design) == (StudyState.DRAFT, None, True)
    assert (view.protocol, view.title) == (made.protocol, made.title)
    moves.open_study(here.database, here.media, taken.study_id)
    assert service.get(here.database, taken.study_id).pairs == made.pairs
    with here.database.read() as db:
        assert not list(db.scalars(select(Subject)))


@pytest.mark.one_database
def test_of_a_draft_there_is_the_design_alone(here: Place, pictures: Path) -> None:
    draft = small_study.create(here.database, here.media, pictures, opened=False)
    taken = here.take_in(here.export(draft))
    assert taken.is_design
    assert service.get(here.database, taken.study_id).state is StudyState.DRAFT


@pytest.mark.one_database
def test_a_study_that_is_still_open_is_closed_where_it_is_imported(here: Place, pictures: Path) -> None:
    study = small_study.create(here.database, here.media, pictures)
    view = service.get(here.database, here.take_in(here.export(study)).study_id)
    assert view.state is StudyState.CLOSED
    assert view.closed_at is not None
    assert service.get(here.database, study).state is StudyState.OPEN


def test_the_same_archive_comes_in_twice_only_where_that_is_wished(origin: Origin, here: Place) -> None:
    first = here.take_in(origin.archive)
    with pytest.raises(ImportedAlready) as refused:
        here.take_in(origin.archive)
    assert refused.value.study_ids == (first.study_id,)
    second = here.take_in(origin.archive, again=True)
    assert second.archive == first.archive
    assert len(service.listing(here.database)) == 2


def test_both_are_written_into_the_audit_log(origin: Origin, here: Place) -> None:
    taken, told = here.take_in(origin.archive), list[tuple[str, int | None, str]]()
    here.export(taken.study_id)
    with here.database.read() as db:
        rows = db.scalars(select(AuditEntry).where(AuditEntry.study_id == taken.study_id).order_by(AuditEntry.id))
        told = [(row.deed, row.details["content"], row.details["archive"] == taken.archive) for row in rows]
    assert told == [("study imported", "whole", True), ("study exported", "whole", False)]


def test_values_of_measures_that_are_known_here_to_be_others_are_a_refusal(origin: Origin, here: Place) -> None:
    taken = here.take_in(origin.archive)
    with here.database.write() as db:
        db.execute(update(MeasureValue).values(value=MeasureValue.value + 1))
    with pytest.raises(measured.OtherValues):
        here.take_in(origin.archive, again=True)
    assert [view.id for view in service.listing(here.database)] == [taken.study_id]


def test_whoever_carries_a_withdrawal_out_is_named_in_no_archive_without_what_is_personal(
    here: Place, tmp_path: Path
) -> None:
    study = small_study.create(here.database, here.media, small_study.paint(tmp_path / "pictures", 8, 8))
    token = join(here.database, study)
    withdrawal.carry_out(
        here.database, study, session_id(here.database, token), "1", "Her mail to Maria.", somebody("maria@lab.example")
    )
    moves.close(here.database, study)
    for personal in (False, True):
        archive = here.export(study, personal=personal)
        with zipfile.ZipFile(archive) as members:
            said = b"".join(members.read(name) for name in members.namelist() if name.endswith(".jsonl"))
        assert (b"maria@lab.example" in said, b"Her mail" in said) == (personal, personal)
        events.verify(here.database, _sessions(here.database, here.take_in(archive, again=True).study_id)[0])
