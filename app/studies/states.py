"""A study's life: which move is allowed from where, and what a forbidden one is called."""

from sqlalchemy.orm import Session

from app.db.models import Study, StudyState
from app.errors import Conflict, NotFound


class StudyNotFound(NotFound):
    """No study has this number."""

    def __init__(self, study_id: int) -> None:
        super().__init__(f"There is no study {study_id}", "choose one from the list of studies")


class StudyNotDraft(Conflict):
    """Only a draft may be edited, opened or deleted."""

    def __init__(self, study: Study) -> None:
        super().__init__(
            f"{study.title!r} is {study.state}, and only a draft can be changed, opened or deleted: what its subjects "
            "saw must stay what it was.",
            "create a new study for other pictures or settings",
        )


class StudyNotOpen(Conflict):
    """Only an open study can be paused, and only an open one takes part."""

    def __init__(self, study: Study) -> None:
        todo = {StudyState.DRAFT: "open it first", StudyState.PAUSED: "resume it first"}
        closed = "create a new study: a closed one is never opened again"
        super().__init__(f"{study.title!r} is {study.state}, not open", todo.get(study.state, closed))


class StudyNotPaused(Conflict):
    """Only a paused study can be resumed."""

    def __init__(self, study: Study) -> None:
        super().__init__(
            f"{study.title!r} is {study.state}, not paused",
            "there is nothing to resume; reload the page to see its state",
        )


class StudyNotRunning(Conflict):
    """Only an open or paused study can be closed."""

    def __init__(self, study: Study) -> None:
        super().__init__(
            f"{study.title!r} is {study.state}, and only an open or a paused study can be closed",
            "leave it as it is; a draft can be deleted instead",
        )


def find(db: Session, study_id: int) -> Study:
    """The study's row; raises ``StudyNotFound``."""
    study = db.get(Study, study_id)
    if study is None:
        raise StudyNotFound(study_id)
    return study


def hold(db: Session, study_id: int) -> Study:
    """The study's row, which no other transaction changes before this one ends; SQLite has one writer anyway."""
    study = db.get(Study, study_id, with_for_update=True, populate_existing=True)
    if study is None:
        raise StudyNotFound(study_id)
    return study


def find_draft(db: Session, study_id: int) -> Study:
    """The row of a study that may still be edited, only to be looked at; raises ``StudyNotDraft``."""
    return _editable(find(db, study_id))


def draft(db: Session, study_id: int) -> Study:
    """The row of a study that may still be edited, held; raises ``StudyNotDraft``."""
    return _editable(hold(db, study_id))


def _editable(study: Study) -> Study:
    if study.state is not StudyState.DRAFT:
        raise StudyNotDraft(study)
    return study
