"""Every column of every table, described once; docs/data-dictionary.md repeats them, and a test compares both."""

from app.results.column import Column
from app.results.session_columns import SESSIONS

__all__ = ["TABLES", "Column"]

_TASK = Column("task", "text", "", "What the conditions restore.", "denoise")
_ALPHA = Column("alpha", "number", "", "Level of the tests.", "0.05")
_CORRECTION = Column("correction", "text", "", "What the letters correct for: `none`, `holm` or `bh`.", "none")
_TASK_SCENES = Column("scenes", "integer", "scenes", "Scenes that take part in the task's scores.", "20")
_SCENE = Column("scene", "text", "", "The reference picture that the compared pictures share.", "coffee-1")

RANKINGS = (
    _TASK,
    Column("rank", "integer", "", "1 for the highest score; equal scores share a rank.", "1"),
    Column("condition", "text", "", "The method whose pictures were judged.", "ms_ssim"),
    Column(
        "score",
        "number",
        "logits",
        "Mean over scenes of the Bradley-Terry strength; the prior draws scores towards 0, their sum.",
        "0.83",
    ),
    Column(
        "low",
        "number",
        "logits",
        "Lower end of the interval; empty with fewer than three scenes or the same score in all of them.",
        "0.61",
    ),
    Column(
        "high",
        "number",
        "logits",
        "Upper end of the interval; empty with fewer than three scenes or the same score in all of them.",
        "1.05",
    ),
    Column("level", "number", "", "Confidence level of the interval.", "0.95"),
    Column(
        "generalises_to", "text", "", "The population that the interval speaks about.", "these subjects, any scenes"
    ),
    Column(
        "letters",
        "text",
        "",
        "Conditions that share a letter cannot be told apart for these subjects; empty without tests.",
        "ab",
    ),
    Column("wins", "number", "votes", "Votes won in the scenes that take part; a tie is half a win.", "431.5"),
    Column("votes", "number", "votes", "Votes on the condition in the scenes that take part.", "600"),
    _TASK_SCENES,
    Column(
        "subjects",
        "integer",
        "people",
        "Subjects with a counted vote in the scenes that take part; empty where a file does not say.",
        "25",
    ),
    _ALPHA,
    _CORRECTION,
    Column(
        "prior", "number", "1/logits²", "Precision of the Gaussian prior on strengths; 0 is maximum likelihood.", "0.1"
    ),
    Column(
        "counted",
        "text",
        "",
        "Whose votes are counted: `people`, `simulated` or `people and simulated`; empty where a file does not say.",
        "people",
    ),
    Column(
        "excluded_counted",
        "yes/no",
        "",
        "Whether votes of excluded sessions are among those counted; empty where a file does not say.",
        "no",
    ),
)

SCORES_BY_SCENE = (
    _TASK,
    _SCENE,
    Column("condition", "text", "", "The method whose pictures were judged.", "ms_ssim"),
    Column(
        "score",
        "number",
        "logits",
        "Bradley-Terry strength within the scene; empty where the scene is left out.",
        "0.91",
    ),
    Column(
        "stderr",
        "number",
        "logits",
        "Standard error of that strength from the curvature of likelihood and prior (Fisher's where the prior is 0), "
        "votes taken as independent.",
        "0.32",
    ),
    Column("wins", "number", "votes", "Votes won in the scene; a tie is half a win.", "21.5"),
    Column("votes", "number", "votes", "Votes on the condition in the scene.", "30"),
    Column(
        "left_out",
        "text",
        "",
        "Why the scene takes no part in the task's scores; empty where it does.",
        "it has no votes on gmsd",
    ),
)

SIGNIFICANCE = (
    _TASK,
    Column("condition_a", "text", "", "The condition of the pair that ranks higher.", "ms_ssim"),
    Column("condition_b", "text", "", "The condition of the pair that ranks lower.", "gmsd"),
    Column("difference", "number", "logits", "Score of a minus score of b.", "0.52"),
    Column(
        "t",
        "number",
        "",
        "Paired t over scenes; empty, like p, where the difference is the same in all of them: not testable.",
        "3.4",
    ),
    Column("df", "integer", "", "Degrees of freedom of t: scenes less one.", "19"),
    Column("p", "number", "", "Two-sided p-value, uncorrected (the published rule).", "0.003"),
    Column("p_holm", "number", "", "p-value after Holm's correction over the task's pairs.", "0.009"),
    Column("p_bh", "number", "", "p-value after Benjamini and Hochberg's correction over the task's pairs.", "0.0045"),
    Column("distinguishable", "yes/no", "", "Whether the p-value under `correction` is below `alpha`.", "yes"),
    _ALPHA,
    _CORRECTION,
    _TASK_SCENES,
)

VOTES = (
    _TASK,
    _SCENE,
    Column(
        "condition_a",
        "text",
        "",
        "One picture of the pair; in a catch trial `reference`, or the better one of a catch pair of one's own.",
        "gmsd",
    ),
    Column(
        "condition_b",
        "text",
        "",
        "The other picture of the pair; in a catch trial `degraded`, or the worse one of a catch pair of one's own.",
        "ms_ssim",
    ),
    Column("winner", "text", "", "Which was preferred: `a`, `b` or `tie`.", "b"),
    Column("subject", "text", "", "The subject's label within the study.", "7"),
    Column("left", "text", "", "Which stood on the left: `a` or `b`.", "a"),
    Column("weight", "integer", "", "1 where the vote enters the ranking, 0 where it does not.", "1"),
    Column("kind", "text", "", "Kind of the trial: `practice`, `dummy`, `test`, `catch` or `repeat`.", "test"),
    Column(
        "left_out",
        "text",
        "",
        "Why the weight is 0: `kind`, `pilot`, `excluded`, `simulated`, `person` (in a demonstration) or `repeat` "
        "(of a pair the subject had judged); empty where it is 1.",
        "excluded",
    ),
    Column("session", "integer", "", "Number of the session.", "12"),
    Column("block", "integer", "", "Block of the session, from 1; 0 is practice, −1 and below it practice again.", "2"),
    Column("position", "integer", "", "Place of the trial in the session, from 0, practice included.", "137"),
    Column("elapsed_ms", "integer", "ms", "From all pictures decoded to the answer, by the browser's clock.", "2310"),
    Column(
        "late", "yes/no", "", "Whether the answer came while the study was paused or closed; such votes count.", "no"
    ),
    Column("received_at", "time", "UTC", "When the server had the answer, ISO 8601.", "2026-03-02T14:05:09.218+00:00"),
    Column(
        "simulated",
        "yes/no",
        "",
        "Whether the subject is a program; only demonstrations and pilot links have such subjects.",
        "no",
    ),
    Column("excluded", "yes/no", "", "Whether the session was excluded when the file was downloaded.", "no"),
    Column(
        "pixel_ratio",
        "number",
        "",
        "Device pixels per CSS pixel of the screen of the answer, browser zoom included; empty, like the five columns "
        "after it, where nothing is known of that screen.",
        "1.25",
    ),
    Column(
        "pane_width", "integer", "px", "Width of the place that each picture was shown in, in device pixels.", "624"
    ),
    Column(
        "pane_height", "integer", "px", "Height of the place that each picture was shown in, in device pixels.", "801"
    ),
    Column("exact", "yes/no", "", "Whether one picture pixel was one device pixel at 1:1.", "yes"),
    Column(
        "gamut",
        "text",
        "",
        "Colours that the screen could show: `srgb`, `p3` or `rec2020`; empty where the browser did not say.",
        "srgb",
    ),
    Column(
        "dynamic_range",
        "text",
        "",
        "`high` where the screen showed high dynamic range, else `standard`; empty where the browser did not say.",
        "standard",
    ),
)

TABLES: dict[str, tuple[Column, ...]] = {
    "rankings": RANKINGS,
    "scores_by_scene": SCORES_BY_SCENE,
    "significance": SIGNIFICANCE,
    "votes": VOTES,
    "sessions": SESSIONS,
}
