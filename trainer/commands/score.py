"""``python -m trainer score``: what measures say of picture files, without any server."""

import argparse
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from torch import Tensor

from app import log
from app.jobs.contract import Progress
from trainer.compared import Compared, compared
from trainer.data import bytes_of, decode
from trainer.machine import memory_of, prepare
from trainer.measures.readiness import require as require_measures
from trainer.report import Report, Stopped, heed
from trainer.scorable import scorable
from trainer.score import scores
from trainer.score_tables import Scored, as_csv, as_json, as_table


def carry_out(options: argparse.Namespace, report: Report) -> None:
    """Scores; raises an ``AppError`` or ``Stopped``."""
    log.configure()
    pairs = compared(options.result, options.reference)
    device = prepare(options.device, options.threads)
    of = scorable(options.measures, options.form, _smallest_side(pairs))
    require_measures(of.measures, device, lambda: heed(report))  # before the first of perhaps many pictures
    columns, scored = [(name, options.form) for name in of.measures], list[Scored]()
    with memory_of(device):
        for number, pair in enumerate(pairs, 1):
            pictures = pixels_of(pair.picture), pixels_of(pair.reference)
            scored.append(Scored(pair, scores(str(pair.picture), *pictures, columns, device)))
            if len(pairs) > 1 and (report.due() or number == len(pairs)):
                report.progress(Progress(step=number, total=len(pairs)))
            if report.stop_requested:
                raise Stopped
    if options.json:
        sys.stdout.write(as_json(scored, of, options.form, single=options.result.is_file()))
    else:
        sys.stdout.write(as_csv(scored) if options.csv else as_table(scored, of, options.form))


@lru_cache(maxsize=64)  # conditions share their references
def pixels_of(path: Path) -> Tensor:
    """The picture in the file: H × W × 3, eight bits; raises ``NotAPhotograph``."""
    return decode(str(path), bytes_of(path))


def _smallest_side(pairs: Sequence[Compared]) -> int:
    return min(min(pixels_of(pair.picture).shape[:2]) for pair in pairs)
