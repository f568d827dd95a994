"""An archive that was found to be sound becomes a study, in the caller's transaction.

Every row has a new number here, and sessions and trials new tokens: no link and no cookie of the other installation
opens anything, and an archive may be imported where it was made. What logs and seals name is kept beside them.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session as OrmSession

from app.archives.design import Design
from app.archives.layout import Manifest
from app.archives.rows import StudyRow
from app.archives.sitting_rows import ExternalRow
from app.archives.spool import Columns, Ready
from app.db.models import (
    Consent,
    Event,
    Exclusion,
    ExternalId,
    Pair,
    Questionnaire,
    Screening,
    Session,
    Showing,
    Stimulus,
    Study,
    StudyState,
    Subject,
    Trial,
    Vote,
)
from app.studies import measured
from app.studies.scored import ALIKE

Numbers = dict[int, int]  # by the number in the archive: the number here


def new_study(db: OrmSession, said: StudyRow, manifest: Manifest, digest: str, at: datetime) -> Study:
    """The study's row: a draft where the archive holds a design, and closed where it holds sessions."""
    imported = {
        "archive": digest, "study": manifest.study.number, "at": at.isoformat(), "program": manifest.program,
        "format_version": manifest.format_version, "personal": manifest.personal or manifest.content == "design",
        "before": said.imported, "looks": [one.model_dump(mode="json") for one in said.looks],
    }  # fmt: skip
    archived = said.state is StudyState.ARCHIVED
    ended = StudyState.ARCHIVED if archived else StudyState.CLOSED
    whole = manifest.content == "whole"
    study = Study(
        title=said.title, state=ended if whole else StudyState.DRAFT, is_demo=said.is_demo, protocol=said.protocol,
        protocol_hash=said.protocol_hash, trouble=None,
        seed=secrets.randbelow(2**31) if said.seed is None else said.seed, created_at=said.created_at or at,
        opened_at=said.opened_at, closed_at=(said.closed_at or at) if whole else None,
        archived_at=(said.archived_at or at) if archived else None, imported=imported,
    )  # fmt: skip
    db.add(study)
    db.flush()
    return study


def design_of(db: OrmSession, study_id: int, design: Design, digest: str) -> tuple[Numbers, Numbers]:
    """Pictures, values of measures, pairs and subjects are there; the numbers of pairs and of subjects."""
    stimuli = _numbered(
        db, Stimulus, design.stimuli,
        [
            {
                "study_id": study_id, "task": row.task, "scene": row.scene, "condition": row.condition,
                "role": row.role, "picture_digest": row.picture, "origin": row.origin,
            }
            for row in design.stimuli.values()
        ],
    )  # fmt: skip
    _keep_values(db, design, digest)
    pairs = _numbered(
        db, Pair, design.pairs,
        [
            {
                "study_id": study_id, "kind": row.kind, "task": design.stimuli[row.a].task,
                "scene": design.stimuli[row.a].scene, "reference_id": stimuli[row.reference], "a_id": stimuli[row.a],
                "b_id": stimuli[row.b], "original_id": row.number,
            }
            for row in design.pairs.values()
        ],
    )  # fmt: skip
    subjects = _numbered(
        db, Subject, design.subjects,
        [
            {
                "study_id": study_id, "label": row.label, "simulated": row.simulated, "invited": row.invited,
                "created_at": row.created_at,
            }
            for row in design.subjects.values()
        ],
    )  # fmt: skip
    return pairs, subjects


def external_ids(db: OrmSession, study_id: int, rows: Iterable[ExternalRow], subjects: Numbers) -> None:
    """Under which numbers recruiting services know the subjects."""
    told = [
        {
            "subject_id": subjects[row.subject], "study_id": study_id, "service": row.service,
            "participant": row.participant, "fields": row.fields,
        }
        for row in rows
    ]  # fmt: skip
    _insert(db, ExternalId, told)


def sittings(db: OrmSession, study_id: int, batch: Sequence[Ready], pairs: Numbers, subjects: Numbers) -> None:
    """Some sessions with all that belongs to them; of each table at once, for votes wait meanwhile."""
    sessions = _numbered(
        db, Session, [one.number for one in batch],
        [
            {
                **one.session, "token": secrets.token_urlsafe(32), "study_id": study_id,
                "subject_id": subjects[one.subject], "original_id": one.number,
            }
            for one in batch
        ],
    )  # fmt: skip

    def of(rows: Callable[[Ready], list[Columns]]) -> list[Columns]:
        return [row | {"session_id": sessions[one.number]} for one in batch for row in rows(one)]

    trials = _numbered(
        db, Trial, [trial["number"] for one in batch for trial in one.trials],
        [_trial(trial, pairs) for trial in of(lambda one: one.trials)],
    )  # fmt: skip
    _insert(db, Consent, of(lambda one: one.consents))
    _insert(db, Questionnaire, of(lambda one: one.questionnaires))
    _insert(db, Screening, of(lambda one: one.screenings))
    _insert(db, Exclusion, of(lambda one: one.exclusions))
    _insert(db, Event, of(lambda one: one.events))
    for table, answers in (
        (Vote, [answer for one in batch for answer in one.votes]),
        (Showing, [answer for one in batch for answer in one.showings]),
    ):
        _insert(db, table, [_but(answer, "trial") | {"trial_id": trials[answer["trial"]]} for answer in answers])


def _trial(said: Columns, pairs: Numbers) -> Columns:
    return {
        **_but(said, "number", "token", "pair"), "token": secrets.token_urlsafe(24), "pair_id": pairs[said["pair"]],
        "original_id": said["number"], "original_token": said["token"],
    }  # fmt: skip


def _keep_values(db: OrmSession, design: Design, digest: str) -> None:
    for source in design.sources.values():
        values = design.values.get(source.number, {})
        higher = {measure: design.higher[measure] for _, _, measure, _ in values}
        told = measured.Source(source.file_name, source.file_digest)
        if source.job is not None:  # of another installation: here a job of that number is another
            told = measured.Source(f"job {source.job}, imported", digest)
        measured.keep_in(db, values, told, higher_is_better=higher, alike=ALIKE)


def _numbered(db: OrmSession, table: Any, numbers: Iterable[int], rows: Sequence[Mapping[str, Any]]) -> Numbers:
    """The rows are there, and numbered in their order: what came first there comes first here."""
    if not rows:
        return {}
    statement = insert(table).returning(table.id, sort_by_parameter_order=True)
    return dict(zip(numbers, db.scalars(statement, rows), strict=True))


def _insert(db: OrmSession, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        db.execute(insert(table), rows)


def _but(row: Columns, *names: str) -> Columns:
    return {name: value for name, value in row.items() if name not in names}
