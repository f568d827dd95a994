"""What is shown: studies, their stimuli, and the pairs frozen at opening."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, link_key, word


class StudyState(StrEnum):
    """A study's life; only a draft may be edited."""

    DRAFT = "draft"
    PILOT = "pilot"  # frozen like an open one, and tried out: what its sessions say is kept, and never counted
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"
    ARCHIVED = "archived"  # closed, and out of the way

    @property
    def has_ended(self) -> bool:
        """Whether nobody takes part any more."""
        return self in (StudyState.CLOSED, StudyState.ARCHIVED)


class StimulusRole(StrEnum):
    """What a picture is to its scene."""

    REFERENCE = "reference"
    DEGRADED = "degraded"
    CONDITION = "condition"


class PairKind(StrEnum):
    """What a pair is for; the kind of a trial follows from it."""

    TEST = "test"
    CATCH = "catch"
    PRACTICE = "practice"


class Study(Base):
    """One question put to subjects, with its protocol."""

    __tablename__ = "studies"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[StudyState] = mapped_column(word(StudyState))
    is_demo: Mapped[bool]  # a demonstration accepts simulated subjects and counts them, and says so on every page
    protocol: Mapped[dict[str, Any]]  # studies.protocol.Protocol
    protocol_hash: Mapped[str | None] = mapped_column(String(64))  # set when the study opens
    trouble: Mapped[str | None] = mapped_column(String(500))  # why it paused itself; None once somebody resumed it
    seed: Mapped[int]
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0)  # of a draft: every change adds one, so that two editors notice
    # which study this draft began as a copy of
    duplicate_of: Mapped[int | None] = mapped_column(ForeignKey("studies.id", ondelete="SET NULL"))
    # which study this copy lets somebody try as a subject: it is in no list. No reference, for it may outlive the draft
    rehearsal_of: Mapped[int | None]
    imported: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # from which archive it came; None: made here
    # what its links prove besides the number; None: written before there were keys
    link_key: Mapped[str | None] = mapped_column(String(22), default=link_key)
    __table_args__ = ({"sqlite_autoincrement": True},)  # links are made of the number: a deleted draft's stays unused


class Picture(Base):
    """A picture in the content-addressed store; the same bytes are one row however often they are used."""

    __tablename__ = "pictures"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)  # sha256 of the file
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]  # bytes
    __table_args__ = (CheckConstraint("width > 0 AND height > 0", name="has_area"),)


class Stimulus(Base):
    """One picture of a study: a condition's, a reference or a degraded input of one task and scene."""

    __tablename__ = "stimuli"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("studies.id", ondelete="CASCADE"))
    task: Mapped[str] = mapped_column(String(80))
    scene: Mapped[str] = mapped_column(String(200))
    condition: Mapped[str] = mapped_column(String(200))  # "reference" and "degraded" where the role says so
    role: Mapped[StimulusRole] = mapped_column(word(StimulusRole))
    picture_digest: Mapped[str] = mapped_column(ForeignKey("pictures.digest"))
    origin: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # job, recipe hash, seed; None for an ingested folder
    __table_args__ = (UniqueConstraint("study_id", "task", "scene", "condition"),)


class Pair(Base):
    """Two stimuli of one task and scene that the study shows together; frozen when it opens."""

    __tablename__ = "pairs"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("studies.id", ondelete="CASCADE"), index=True)
    kind: Mapped[PairKind] = mapped_column(word(PairKind))
    task: Mapped[str] = mapped_column(String(80))
    scene: Mapped[str] = mapped_column(String(200))
    reference_id: Mapped[int] = mapped_column(ForeignKey("stimuli.id"))
    a_id: Mapped[int] = mapped_column(
        ForeignKey("stimuli.id")
    )  # the condition whose name sorts first; in a catch pair the reference
    b_id: Mapped[int] = mapped_column(ForeignKey("stimuli.id"))
    original_id: Mapped[int | None]  # its number where an imported study was made: seals name it
    __table_args__ = (
        UniqueConstraint("study_id", "kind", "a_id", "b_id"),
        CheckConstraint("a_id <> b_id", name="two_stimuli"),
    )
