"""A study's life: which move is allowed from where, and what a forbidden one is called."""

from typing import Any

from sqlalchemy.orm import Session

from app.db.models import Study, StudyState
from app.errors import Conflict, NotFound
from app.studies.protocol import Protocol

_CLOSED = "duplicate it instead: a closed one is never opened again"


def _named(study: Study) -> str:
    """The state as the end of a sentence: ``a draft``, ``open``."""
    return f"a {study.state}" if study.state in (StudyState.DRAFT, StudyState.PILOT) else study.state.value


class StudyNotFound(NotFound):
    """No study has this number."""

    def __init__(self, study_id: int) -> None:
        super().__init__(f"There is no study {study_id}", "choose one from the list of studies (GET /api/v1/studies)")


class WrongState(Conflict):
    """The study is in a state that does not allow this."""

    def __init__(self, study: Study, detail: str, fix: str) -> None:
        self.state = study.state
        super().__init__(detail, fix)

    def extras(self) -> dict[str, Any]:
        """The state that the study is in."""
        return {"state": self.state.value}


class StudyNotDraft(WrongState):
    """Only a draft may be edited, opened or deleted."""

    def __init__(self, study: Study, fix: str = "duplicate it, and change the copy") -> None:
        super().__init__(
            study,
            f"{study.title!r} is {_named(study)}, and only a draft can be changed, opened or deleted: what its "
            "subjects saw must stay what it was.",
            fix,
        )


class StudyNotOpen(WrongState):
    """Only an open study can be paused, and only an open one takes part."""

    def __init__(self, study: Study) -> None:
        not_yet = dict.fromkeys((StudyState.DRAFT, StudyState.PILOT), "open it first")
        todo = not_yet | {StudyState.PAUSED: "resume it first"}
        super().__init__(study, f"{study.title!r} is {_named(study)}, not open", todo.get(study.state, _CLOSED))


class StudyNotPaused(WrongState):
    """Only a paused study can be resumed."""

    def __init__(self, study: Study) -> None:
        todo = "open it first" if study.state in (StudyState.DRAFT, StudyState.PILOT) else _CLOSED
        super().__init__(study, f"{study.title!r} is {_named(study)}, not paused", todo)


class StudyNotRunning(WrongState):
    """Only a study that has begun and not ended can be closed."""

    def __init__(self, study: Study) -> None:
        super().__init__(
            study,
            f"{study.title!r} is {_named(study)}, and only a pilot, an open or a paused study can be closed",
            "leave it as it is; a draft can be deleted instead",
        )


class StudyNotPilot(WrongState):
    """Only a pilot goes back to being a draft."""

    def __init__(self, study: Study) -> None:
        super().__init__(
            study,
            f"{study.title!r} is {_named(study)}, and only a pilot can go back to being a draft: subjects may have "
            "seen it.",
            "duplicate it, and change the copy",
        )


class StudyNotClosed(WrongState):
    """Only a closed study can be put into the archive, and only from there it comes back."""

    def __init__(self, study: Study) -> None:
        super().__init__(
            study,
            f"{study.title!r} is {_named(study)}, and only a closed study can be archived",
            "delete it instead" if study.state is StudyState.DRAFT else "close it first",
        )


class StudyNotArchived(WrongState):
    """Only an archived study can be taken out of the archive."""

    def __init__(self, study: Study) -> None:
        super().__init__(study, f"{study.title!r} is {_named(study)}, not archived", "it is in the list of studies")


_MOVES: dict[StudyState, tuple[tuple[StudyState, ...], type[StudyNotOpen | StudyNotPaused | StudyNotRunning]]] = {
    StudyState.PAUSED: ((StudyState.OPEN,), StudyNotOpen),
    StudyState.OPEN: ((StudyState.PAUSED,), StudyNotPaused),
    StudyState.CLOSED: ((StudyState.PILOT, StudyState.OPEN, StudyState.PAUSED), StudyNotRunning),
}


def takes_answers(state: StudyState, *, pilot: bool) -> bool:
    """Whether a study in that state goes on with its sessions, or with its pilots."""
    return state is StudyState.OPEN or (pilot and state is StudyState.PILOT)


def protocol_of(study: Study) -> Protocol:
    """The protocol in a study's row."""
    return Protocol.model_validate(study.protocol)


def find(db: Session, study_id: int) -> Study:
    """The study's row; raises ``StudyNotFound``."""
    study = db.get(Study, study_id)
    if study is None:
        raise StudyNotFound(study_id)
    return study


def hold(db: Session, study_id: int) -> Study:
    """The study's row, which no other transaction changes before this one ends; SQLite has one writer anyway.

    Rows that point to it do not wait (FOR NO KEY UPDATE): PostgreSQL looks at the study when a session changes twice.
    """
    study = db.get(Study, study_id, with_for_update={"key_share": True}, populate_existing=True)
    if study is None:
        raise StudyNotFound(study_id)
    return study


def find_draft(db: Session, study_id: int) -> Study:
    """The row of a study that may still be edited, only to be looked at; raises ``StudyNotDraft``."""
    return _editable(find(db, study_id))


def moves(study: Study, wanted: StudyState) -> bool:
    """Whether the move to ``wanted`` has still to be made; raises where the study's state does not allow it.

    A move that has been made already is no mistake: whoever lost the reply asks again.
    """
    before, refusal = _MOVES[wanted]
    if study.state is not wanted and study.state not in before:
        raise refusal(study)
    return study.state is not wanted


def freezes(study: Study, wanted: StudyState) -> bool:
    """Whether a draft, or a pilot, has still to become a pilot or open; raises where neither can be."""
    before = (StudyState.DRAFT, StudyState.PILOT) if wanted is StudyState.OPEN else (StudyState.DRAFT,)
    if study.state is not wanted and study.state not in before:
        fixes = {StudyState.PAUSED: "resume it", StudyState.OPEN: "use its pilot link, which an open study has too"}
        raise StudyNotDraft(study, fixes.get(study.state, _CLOSED))
    return study.state is not wanted


def draft(db: Session, study_id: int) -> Study:
    """The row of a study that may still be edited, held; raises ``StudyNotDraft``."""
    return _editable(hold(db, study_id))


def _editable(study: Study) -> Study:
    if study.state is not StudyState.DRAFT:
        raise StudyNotDraft(study)
    return study
