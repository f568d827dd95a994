"""A report in short, for programs."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from app import __version__
from app.analysis.scores import LeftOut
from app.results.agreement_summary import agreement_summary
from app.results.certainty import Certainty
from app.results.report import StudyReport
from app.results.subject_summary import subjects_summary
from app.results.task_report import TaskReport


def summary(report: StudyReport, files: Iterable[str] = ()) -> dict[str, Any]:
    """The report in short, for programs: options, sentences, notes and rankings; ``files`` are those of its folder."""
    options = report.options
    return {
        "beholder": __version__,
        "files": list(files),
        "options": {
            "alpha": options.alpha,
            "correction": options.correction.value,
            "prior": options.prior,
            "include_excluded": options.include_excluded,
            "people": options.people,
            "interval": options.interval.value,
            "scenes": list(options.scenes),
            "test": options.test.value,
            "without_flagged": options.without_flagged,
            "ties": options.ties.value,
            "anchor": options.anchor,
            "incomplete": options.incomplete.value,
        },
        "notes": list(report.notes),
        "plan": report.plan and report.plan.as_json(),
        "deviations": list(report.deviations),
        "subjects": subjects_summary(report.subjects),
        "tasks": [_task_summary(task, report.certainty.get(task.task)) for task in report.tasks],
        "agreement": agreement_summary(report.agreement),
    }


def _task_summary(task: TaskReport, certainty: Certainty | None) -> dict[str, Any]:
    return {
        "task": task.task,
        "sentence": task.sentence,
        "tests": task.tests,
        "controls": task.controls,
        "notes": list(task.notes),
        "votes": task.votes,
        "subjects": task.subjects,
        "scenes": task.scenes,
        "scenes_left_out": task.scenes_left_out,
        "left_out": [left_out_summary(one) for one in task.left_out],
        "position": task.position,
        "nu": task.nu,
        "side_bias": task.side_bias and asdict(task.side_bias),
        "counted": task.counted,
        "excluded_counted": task.excluded_counted,
        "interval": task.interval,
        "generalises_to": task.generalises_to,
        "adaptive": task.adaptive,
        "aligned": task.aligned,
        "ranking": [
            {
                "condition": row.condition, "rank": row.rank, "score": row.score,
                "low": row.low, "high": row.high, "stderr": row.stderr, "letters": row.letters,
                "jod": row.jod,
            }
            for row in task.rows
        ],
        "boxes": [list(box) for box in task.boxes],
        "intervals": [asdict(row) for row in task.interval_rows],
        "certainty": certainty and certainty.as_json(),
    }  # fmt: skip


def left_out_summary(one: LeftOut) -> dict[str, Any]:
    """A scene that takes no part: why, and, where it falls into components, which never lost to which."""
    found = one.components
    return {
        "scene": one.scene,
        "reason": one.reason,
        "components": found and [list(members) for members in found.members],
        "never_lost": found and [list(pair) for pair in found.beats],
        "never_compared": found and [list(island) for island in found.islands if len(found.islands) > 1],
    }
