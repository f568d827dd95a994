"""The agreement of measures with subjects in short, for programs."""

from collections.abc import Sequence
from typing import Any

from app.analysis.agreement import Compared
from app.analysis.correlations import Coefficient
from app.results.agreement import Agreement, PreferenceRow, TaskAgreement
from app.results.measure_tables import MeasureId


def agreement_summary(found: Agreement) -> dict[str, Any]:
    """How far measures agree, how far people get, and with what it was worked out."""
    return {
        "level": found.level,
        "replicates": found.replicates,
        "seed": found.seed,
        "sources": list(found.sources),
        "notes": list(found.notes),
        "preferences": _preferences(found.overall),
        "tasks": [_task(task) for task in found.tasks],
    }


def _task(task: TaskAgreement) -> dict[str, Any]:
    return {
        "task": task.task,
        "sentence": task.sentence,
        "diagonal": task.diagonal,
        "notes": list(task.notes),
        "resampled": "scenes and subjects" if task.of_subjects else "scenes",
        "measures": [
            {
                "measure": row.id.measure,
                "form": row.id.form.value,
                **_compared(row.found.whole),
                "own": list(row.found.own),
                "without_own": _compared(row.found.without_own) if row.found.without_own else None,
            }
            for row in task.rows
        ],
        "preferences": _preferences(task.preferences),
    }


def _compared(compared: Compared) -> dict[str, Any]:
    found = {kind.value: compared.coefficients.get(kind) for kind in Coefficient}
    return {
        "conditions": len(compared.conditions),
        **{
            kind: {"value": one.value, "low": one.low, "high": one.high} if one else None for kind, one in found.items()
        },
        "reason": compared.reason,
    }


def _preferences(rows: Sequence[PreferenceRow]) -> list[dict[str, Any]]:
    return [
        {
            "who": row.who.text if isinstance(row.who, MeasureId) else row.who.value,
            "score": row.mean.value if row.mean else None,
            "low": row.mean.low if row.mean else None,
            "high": row.mean.high if row.mean else None,
            "reason": row.reason,
        }
        for row in rows
    ]
