"""Values of measures as people and programs read them: a table, JSON, or the CSV that ``beholder measures`` imports."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.catalog import MEASURES
from app.jobs.contract import Form
from trainer.compared import Compared
from trainer.scorable import Scorable
from trainer.score import Column
from trainer.versions import versions

_COLUMNS = ("task", "scene", "condition", "measure", "value", "form")


@dataclass(frozen=True, slots=True)
class Scored:
    """One pair of files, and the value of each measure."""

    pair: Compared
    values: Mapping[Column, float]


def as_json(scored: Sequence[Scored], of: Scorable, form: Form, *, single: bool) -> str:
    """One object; of a single pair it has ``measures`` itself, otherwise a list of ``pictures`` that have."""
    asked = {measure for one in scored for measure, _ in one.values}
    about: dict[str, object] = {"form": form, "left_out": dict(of.left_out), "versions": versions(asked)}
    if single:
        content = _of_pair(scored[0]) | about
    else:
        places = [{"task": one.pair.task, "scene": one.pair.scene, "condition": one.pair.condition} for one in scored]
        pictures = [place | _of_pair(one) for place, one in zip(places, scored, strict=True)]
        content = {"pictures": pictures, **about}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def as_csv(scored: Sequence[Scored]) -> str:
    """A line for each value, as ``beholder measures`` imports them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for one in scored:
        for (measure, form), value in one.values.items():
            writer.writerow([one.pair.task, one.pair.scene, one.pair.condition, measure, repr(value), form])
    return text.getvalue()


def as_table(scored: Sequence[Scored], of: Scorable, form: Form) -> str:
    """Measures down, conditions across; each value is the mean over the condition's scenes."""
    conditions = dict[tuple[str, str], list[Scored]]()
    for one in scored:
        conditions.setdefault((one.pair.task, one.pair.condition), []).append(one)
    rows = [["measure", "better", *(_heading(place, len(group)) for place, group in conditions.items())]]
    for name in of.measures:
        means = [sum(one.values[name, form] for one in group) / len(group) for group in conditions.values()]
        better = "higher" if MEASURES[name].higher_is_better else "lower"
        rows.append([name, better, *(f"{mean:.6g}" for mean in means)])
    notes = [f"{name} was left out: {why}." for name, why in of.left_out.items()]
    return "\n".join([*_aligned(rows), "", f"form {form}; means over the scenes of each condition", *notes]) + "\n"


def _of_pair(one: Scored) -> dict[str, object]:
    return {
        "result": str(one.pair.picture),
        "reference": str(one.pair.reference),
        "measures": {measure: value for (measure, _), value in one.values.items()},
    }


def _heading(place: tuple[str, str], scenes: int) -> str:
    return "/".join(place) + (f" ({scenes})" if scenes > 1 else "")


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Words to the left, numbers to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place < 2 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
