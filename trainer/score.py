"""What measures say of pictures: in double precision, so that every machine says the same."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from app.errors import BadInput, Conflict
from app.jobs.contract import Form, PicturePair, Progress, ScoredValue, ScoreResult
from app.log import logger
from trainer.files import write_whole
from trainer.measures import MEASURES
from trainer.measures.channels import PictureTooSmall
from trainer.measures.readiness import require as require_measures
from trainer.report import Report, Stopped, heed
from trainer.versions import versions

Column = tuple[str, Form]


class SizesDiffer(BadInput):
    """A picture and its reference do not have the same size."""

    def __init__(self, name: str, picture: Tensor, reference: Tensor) -> None:
        theirs, ours = (f"{tensor.shape[1]}×{tensor.shape[0]} px" for tensor in (picture, reference))
        super().__init__(
            f"{name} has {theirs} and its reference {ours}; only pictures of one size are compared",
            "cut both alike, or leave the picture out",
        )


class CannotScore(BadInput):
    """A measure cannot be told of a picture."""  # which picture goes before what the measure said


class NotFinite(Conflict):
    """A measure has no finite value for a picture, which none of ours should ever say."""

    def __init__(self, measure: str, name: str, value: float) -> None:
        super().__init__(f"{measure} of {name} is {value}", "leave the measure or the picture out, and report it")


@dataclass(frozen=True, slots=True)
class Scoring:
    """Pictures of the store, and what is to be said of them."""

    pairs: Sequence[PicturePair]
    columns: Sequence[Column]
    picture_of: Callable[[str], Tensor]  # by digest: H × W × 3, eight bits
    folder: Path
    device: torch.device


def score(scoring: Scoring, report: Report) -> ScoreResult:
    """Scores every pair; leaves ``result.json`` in the folder.

    Raises
    ------
    WeightsMissing, WeightsDamaged, WeightsUnfit, PyiqaMissing
        A learned measure cannot be computed here; said before anything is scored.
    SizesDiffer, CannotScore, NotFinite
        The first pair of which that is so; nothing has been written.
    Stopped
        The report asked for it; nothing has been written, and the next attempt begins anew.
    """
    require_measures((measure for measure, _ in scoring.columns), scoring.device, lambda: heed(report))
    logger("trainer").info("scoring", pictures=len(scoring.pairs), measures=len(scoring.columns))
    values = dict[tuple[str, str, Column], ScoredValue]()
    for number, pair in enumerate(scoring.pairs, 1):
        name = f"{pair.condition} of {pair.scene}"
        pictures = scoring.picture_of(pair.picture), scoring.picture_of(pair.reference)
        for column, value in scores(name, *pictures, scoring.columns, scoring.device).items():
            measure, form = column
            values[pair.picture, pair.reference, column] = ScoredValue(
                picture=pair.picture, reference=pair.reference, measure=measure, form=form, value=value
            )
        if report.due() or number == len(scoring.pairs):
            report.progress(Progress(step=number, total=len(scoring.pairs)))
        if report.stop_requested:
            raise Stopped
    result = ScoreResult(values=tuple(values.values()), versions=versions(measure for measure, _ in scoring.columns))
    write_whole(scoring.folder / "result.json", result.model_dump_json(indent=1).encode())
    return result


@torch.no_grad()
def scores(
    name: str, picture: Tensor, reference: Tensor, columns: Sequence[Column], device: torch.device
) -> dict[Column, float]:
    """The value of each measure in each form for one picture: H × W × 3, eight bits, as its reference.

    Raises
    ------
    SizesDiffer, CannotScore, NotFinite
        Naming the picture.
    """
    if picture.shape != reference.shape:
        raise SizesDiffer(name, picture, reference)
    shown, wanted = (_batch(pixels, device) for pixels in (picture, reference))
    found = dict[Column, float]()
    for measure, form in columns:
        try:
            value = MEASURES[measure](shown, wanted, form).item()
        except PictureTooSmall as error:
            raise CannotScore(f"{name}: {error.detail}", "use larger pictures, or leave the measure out") from None
        if not math.isfinite(value):
            raise NotFinite(measure, name, value)
        found[measure, form] = value
    return found


def _batch(pixels: Tensor, device: torch.device) -> Tensor:
    """A batch of one, 1 × 3 × H × W in [0, 1], in double precision."""
    return pixels.to(device).permute(2, 0, 1)[None].double() / 255
