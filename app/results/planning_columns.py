"""The columns of ``planning.csv``."""

from app.results.column import ALPHA, TASK, Column


def _detectable(name: str, how: str) -> Column:
    return Column(
        name,
        "number",
        "logits",
        f"Difference between two scores that paired t-tests over these scenes, {how}, find with a chance of 0.8.",
        "0.51",
    )


PLANNING = (
    TASK,
    Column("subjects", "integer", "people", "Subjects, each of whom judges as much as those so far.", "50"),
    Column("now", "yes/no", "", "Whether these are the subjects so far; other rows are expected, not observed.", "no"),
    Column("scenes", "integer", "scenes", "Scenes that take part in the task's scores; the same in all rows.", "20"),
    Column("votes", "number", "votes", "Votes of so many subjects in these scenes.", "11000"),
    Column(
        "half_width",
        "number",
        "logits",
        "Half of a typical two-way interval for a score (any subjects, any scenes).",
        "0.24",
    ),
    Column("level", "number", "", "Confidence level of the interval.", "0.95"),
    Column("of_subjects", "number", "logits²", "Variance of a typical score that comes from the subjects.", "0.0017"),
    Column(
        "of_scenes",
        "number",
        "logits²",
        "Variance of a typical score that comes from the scenes; no number of subjects makes it smaller.",
        "0.0087",
    ),
    Column("of_votes", "number", "logits²", "Variance of a typical score that is chance in single votes.", "0.0024"),
    _detectable("detectable", "uncorrected"),
    _detectable("detectable_holm", "with Holm's correction"),
    _detectable("detectable_bh", "with Benjamini and Hochberg's"),
    ALPHA,
)
