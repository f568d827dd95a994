"""The screening of the subjects in short, for programs."""

from typing import Any

from app.results.screening_effect import CHOICES
from app.results.subject_report import SubjectReport


def subjects_summary(found: SubjectReport | None) -> dict[str, Any] | None:
    """How many subjects there are, who is flagged and proposed, the rules, and what it does to the rankings."""
    if found is None:
        return None
    return {
        "sentence": found.sentence,
        "subjects": len(found.rows),
        "excluded": sum(row.excluded for row in found.rows),
        "flagged": sum(bool(row.flags) for row in found.rows),
        "proposed": [row.subject for row in found.rows if row.proposed],
        "rules": [{"flag": one.flag.value, "rule": one.rule, "flagged": one.flagged} for one in found.rules],
        "catch_rule": found.catch_power,
        "median_slope": found.median_slope,
        "slope_threshold": found.slope_threshold,
        "agreement": [
            {
                "task": task.task,
                "spearman": task.halves and task.halves.spearman,
                "spearman_brown": task.halves and task.halves.corrected,
                "mean_u": task.mean_u,
                "scenes_with_u": len(task.scenes),
                "notes": list(task.notes),
            }
            for task in found.agreements
        ],
        "kendall_tau": [
            {"task": task.task, "between": [one, other], "tau": tau}
            for task in found.effects
            for one, other, tau in task.tau
        ],
        "choices": list(CHOICES),
    }
