"""The columns of ``intervals.csv``."""

from dataclasses import replace

from app.results.column import GENERALISES_TO, INTERVAL, TASK, Column

INTERVALS = (
    TASK,
    Column("condition", "text", "", "The method whose pictures were judged.", "ms_ssim"),
    replace(INTERVAL, name="kind"),
    Column("low", "number", "logits", "Lower end of the interval.", "0.61"),
    Column("high", "number", "logits", "Upper end of the interval.", "1.05"),
    Column("stderr", "number", "logits", "Standard error of the score.", "0.11"),
    Column("df", "integer", "", "Degrees of freedom of Student's t; empty where the quantiles are normal.", "19"),
    Column("level", "number", "", "Confidence level of the interval, for the score by itself.", "0.95"),
    Column(
        "all_low",
        "number",
        "logits",
        "Lower end of the interval of the same kind that, with those of the task's other conditions, holds all of "
        "their scores at once in `level` of cases.",
        "0.49",
    ),
    Column("all_high", "number", "logits", "Upper end of that interval.", "1.17"),
    GENERALISES_TO,
)
