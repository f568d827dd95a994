"""What measures say of pictures: a value for each content, true in every study that shows it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Double, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, word


class MeasureForm(StrEnum):
    """On what a measure of grey pictures is computed; the same measure in another form has other values."""

    RGB = "rgb"  # the mean over the channels, or all of them at once: the published rule
    Y = "y"  # the luminance


class MeasureSource(Base):
    """One file or job that brought values of measures."""

    __tablename__ = "measure_sources"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str | None] = mapped_column(String(200))
    file_digest: Mapped[str | None] = mapped_column(String(64))  # sha256
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"))
    added_at: Mapped[datetime]
    __table_args__ = (CheckConstraint("(file_name IS NULL) <> (job_id IS NULL)", name="file_or_job"),)


class ForeignMeasure(Base):
    """A measure that the catalogue does not know, and which way it is better."""

    __tablename__ = "foreign_measures"

    measure: Mapped[str] = mapped_column(String(80), primary_key=True)
    higher_is_better: Mapped[bool]


class MeasureValue(Base):
    """What a measure says of a picture against its reference, whichever studies show the two."""

    __tablename__ = "measure_values"

    picture_digest: Mapped[str] = mapped_column(ForeignKey("pictures.digest"), primary_key=True)
    reference_digest: Mapped[str] = mapped_column(ForeignKey("pictures.digest"), primary_key=True)
    measure: Mapped[str] = mapped_column(String(80), primary_key=True)
    form: Mapped[MeasureForm] = mapped_column(word(MeasureForm), primary_key=True)
    value: Mapped[float] = mapped_column(Double)
    source_id: Mapped[int] = mapped_column(ForeignKey("measure_sources.id"))
