"""The lines of an archive's tables, as they are read from the database, in the order in which they are written.

What a log, a seal or a vote's digest names keeps its number and its token, also where the study was imported itself:
the archive of an imported study can be verified as the first one could.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, false, func, literal, null, select
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import aliased

from app.archives.rows import LookRow, StudyRow
from app.db.models import (
    Consent,
    Event,
    Exclusion,
    ExternalId,
    MeasureSource,
    MeasureValue,
    Pair,
    Picture,
    Questionnaire,
    Screening,
    Session,
    Showing,
    Stimulus,
    StimulusRole,
    Study,
    StudyState,
    Subject,
    Trial,
    Vote,
)
from app.results.peeks import Peek
from app.sessions.events import NAMING
from app.sessions.exclusions import WHOSE_KIND
from app.studies import measured

_AT_ONCE = 2_000  # rows that are held in memory
_SESSION = func.coalesce(Session.original_id, Session.id).label("session")
_TRIAL = func.coalesce(Trial.original_id, Trial.id)
_PAIR = func.coalesce(Pair.original_id, Pair.id)


def study_line(study: Study, looks: Iterable[Peek], *, sessions: bool) -> bytes:
    """The study as one JSON document; without sessions as a design that nobody has opened."""
    told = {
        name: getattr(study, name)
        for name in ("title", "is_demo", "protocol", "imported", *(_OPENED if sessions else ()))
    }
    seen = tuple(LookRow(at=one.at, votes=round(one.votes)) for one in looks)
    row = StudyRow(**dict.fromkeys(_OPENED, None) | {"state": StudyState.DRAFT, "looks": seen} | told)
    return row.model_dump_json(indent=1).encode() + b"\n"


_OPENED = ("state", "protocol_hash", "seed", "created_at", "opened_at", "closed_at", "archived_at")


def lines(db: OrmSession, study_id: int, table: str, *, personal: bool) -> Iterator[bytes]:
    """The lines of a table of that study."""
    asked = _statements(study_id, personal=personal)[table]
    rows = db.connection().execution_options(yield_per=_AT_ONCE).execute(asked)
    higher = measured.directions(db) if table == "measure_values" else {}
    for row in rows.mappings():
        yield _line(dict(row) | ({"higher_is_better": higher[row["measure"]]} if higher else {}))


def digests(db: OrmSession, study_id: int) -> list[tuple[str, int]]:
    """Hash and size of every picture of the study, in the order of the hashes."""
    return [(digest, size) for digest, _, _, size in db.execute(_pictures(study_id)).all()]


def _line(row: Mapping[str, Any]) -> bytes:
    told = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
    return json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def _named(table: Any, *names: str, **as_name: str) -> list[Any]:
    """Columns under their own names, and others under the names that an archive gives them."""
    renamed = [getattr(table, column).label(name) for column, name in as_name.items()]
    return [*renamed, *(getattr(table, name) for name in names)]


def _pictures(study_id: int) -> Select[Any]:
    shown = select(Stimulus.picture_digest).where(Stimulus.study_id == study_id)
    columns = _named(Picture, "digest", "width", "height", "size")
    return select(*columns).where(Picture.digest.in_(shown)).order_by(Picture.digest)


def _values(study_id: int, *columns: Any) -> Select[Any]:
    shown, reference = aliased(Stimulus), aliased(Stimulus)
    return (
        select(*columns)
        .distinct()
        .select_from(shown)
        .join(
            reference,
            and_(
                reference.study_id == shown.study_id, reference.task == shown.task, reference.scene == shown.scene,
                reference.role == StimulusRole.REFERENCE,
            ),
        )
        .join(
            MeasureValue,
            and_(
                MeasureValue.picture_digest == shown.picture_digest,
                MeasureValue.reference_digest == reference.picture_digest,
            ),
        )
        .where(shown.study_id == study_id, shown.role != StimulusRole.REFERENCE)
    )  # fmt: skip


def _statements(study_id: int, *, personal: bool) -> dict[str, Select[Any]]:
    return _of_design(study_id) | _of_people(study_id, personal=personal) | _of_trials(study_id)


def _of_design(study_id: int) -> dict[str, Select[Any]]:
    stimuli = _named(Stimulus, "task", "scene", "condition", "role", "origin", id="number", picture_digest="picture")
    sources = _named(MeasureSource, "file_name", "file_digest", "added_at", id="number", job_id="job")
    values = _named(
        MeasureValue, "measure", "form", "value",
        picture_digest="picture", reference_digest="reference", source_id="source",
    )  # fmt: skip
    used = _values(study_id, MeasureValue.source_id)
    return {
        "pictures": _pictures(study_id),
        "stimuli": select(*stimuli).where(Stimulus.study_id == study_id).order_by(Stimulus.id),
        "measure_sources": select(*sources).where(MeasureSource.id.in_(used)).order_by(MeasureSource.id),
        "measure_values": _values(study_id, *values).order_by(
            MeasureValue.reference_digest, MeasureValue.picture_digest, MeasureValue.measure, MeasureValue.form
        ),
    }


def _of_people(study_id: int, *, personal: bool) -> dict[str, Select[Any]]:
    pairs = _named(Pair, "kind", reference_id="reference", a_id="a", b_id="b")
    subjects = _named(Subject, "label", "simulated", "invited", "created_at", id="number")
    external = _named(ExternalId, "service", "participant", "fields", subject_id="subject")
    sessions = _named(
        Session, "simulated", "pilot", "seed", "comparisons", "planned", "locale", "started_at", "last_seen_at",
        "sitting_began_at", "completed_at", "outcome", "event_count", "event_head", subject_id="subject",
    )  # fmt: skip
    code = (Session.completion_code if personal else null()).label("completion_code")
    return {
        "pairs": select(_PAIR.label("number"), *pairs).where(Pair.study_id == study_id).order_by(Pair.id),
        "subjects": select(*subjects).where(Subject.study_id == study_id).order_by(Subject.id),
        "external_ids": select(*external).where(ExternalId.study_id == study_id).order_by(ExternalId.subject_id),
        "sessions": select(_SESSION.label("number"), *sessions, code)
        .where(Session.study_id == study_id)
        .order_by(Session.id),
        "consents": _of(study_id, Consent, "text_hash", "text", "agreed_at"),
        "questionnaires": _of(study_id, Questionnaire, "answers", "answered_at"),
        "screenings": _of(study_id, Screening, "kind", "passed", "result", "at").order_by(Screening.id),
        "exclusions": _exclusions(study_id, personal=personal),
        "events": _events(study_id, personal=personal),
    }


def _exclusions(study_id: int, *, personal: bool) -> Select[Any]:
    """Reasons are somebody's own words, and accounts are called like people."""
    named = _named(Exclusion, "action", "rule", "decided_at")
    said = [
        (Exclusion.reason if personal else literal("")).label("reason"),
        (Exclusion.decided_by if personal else WHOSE_KIND).label("decided_by"),
    ]
    return (
        select(_SESSION, *named, *said)
        .join(Session, Session.id == Exclusion.session_id)
        .where(Session.study_id == study_id)
        .order_by(Exclusion.id)
    )


def _of(study_id: int, table: Any, *names: str) -> Select[Any]:
    return (
        select(_SESSION, *_named(table, *names))
        .join(Session, Session.id == table.session_id)
        .where(Session.study_id == study_id)
        .order_by(Session.id)
    )


def _events(study_id: int, *, personal: bool) -> Select[Any]:
    kept = _named(Event, "number", "kind", "at", "key", "digest", "link")
    hidden = false() if personal else Event.kind.in_(NAMING)
    payload = case((hidden, null()), else_=Event.payload).label("payload")
    salt = case((hidden, literal("")), else_=Event.salt).label("salt")
    return (
        select(_SESSION, *kept, payload, salt)
        .join(Session, Session.id == Event.session_id)
        .where(Session.study_id == study_id)
        .order_by(Session.id, Event.number)
    )


def _of_trials(study_id: int) -> dict[str, Select[Any]]:
    trials = _named(Trial, "block", "position", "kind", "a_on_left", "issued_at", "given_back_at", "probability")
    number, token = _TRIAL.label("number"), func.coalesce(Trial.original_token, Trial.token).label("token")

    def of_trials(*columns: Iterable[Any] | Any) -> Select[Any]:
        return select(_SESSION, *columns).join(Session, Session.id == Trial.session_id).where(
            Session.study_id == study_id
        ).order_by(Session.id, Trial.position)  # fmt: skip

    votes = _named(Vote, "side", "elapsed_ms", "late", "received_at", "digest")
    showings = _named(Showing, "pixel_ratio", "pane_width", "pane_height", "exact", "gamut", "dynamic_range")
    shown_as = _TRIAL.label("trial")
    return {
        "trials": of_trials(number, token, _PAIR.label("pair"), *trials).join(Pair, Pair.id == Trial.pair_id),
        "votes": of_trials(shown_as, *votes).select_from(Trial).join(Vote, Vote.trial_id == Trial.id),
        "showings": of_trials(shown_as, *showings).select_from(Trial).join(Showing, Showing.trial_id == Trial.id),
    }
