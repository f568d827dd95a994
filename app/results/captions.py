"""What a reader of a figure alone must know: who judged, what the lines mean, which test, which correction."""

from app.analysis.significance import Correction
from app.results.task_report import TaskReport

_CORRECTED = {
    Correction.NONE: "not corrected for testing many pairs",
    Correction.HOLM: "with Holm’s correction",
    Correction.BH: "with Benjamini and Hochberg’s correction",
}


def caption(report: TaskReport) -> str:
    """The caption of a task's figure and table, in whole sentences."""
    options = report.options
    fit = f"Gaussian prior {options.prior:g}" if options.prior else "maximum likelihood"
    parts = [
        f"{_who(report)} in {_count(report.scenes, 'scene')}.",
        f"Points: mean over scenes of the Bradley–Terry strengths, in logits ({fit}).",
    ]
    if report.tested:
        parts += [
            f"Lines: {options.level * 100:g} % Student’s t interval over scenes ({report.generalises_to}).",
            "Conditions that share a letter or a bracket cannot be told apart:"
            if any(len(box) > 1 for box in report.boxes)
            else "Conditions that share a letter cannot be told apart:",
            f"paired t-tests over scenes at α = {options.alpha:g}, {_CORRECTED[options.correction]}.",
        ]
    else:
        parts.append("Too few scenes for intervals and tests over scenes.")
    return " ".join(parts)


def _who(report: TaskReport) -> str:
    votes = _count(report.votes, "vote")
    return votes if report.subjects is None else f"{votes} by {_count(report.subjects, 'subject')}"


def _count(number: float, word: str) -> str:
    digits = f"{number:,.0f}" if number == int(number) else f"{number:,.1f}"
    return f"{digits.replace(',', ' ')} {word}{'' if number == 1 else 's'}"
