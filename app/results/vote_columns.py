"""The columns of ``votes.csv``."""

from app.results.column import SCENE, TASK, Column

VOTES = (
    TASK,
    SCENE,
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
        "Why the weight is 0: `kind`, `pilot`, `excluded`, `flagged` (where that is asked for), `simulated`, "
        "`person` (in a demonstration), `repeat` (of a pair the subject had judged) or `scene` (not chosen); empty "
        "where it is 1.",
        "excluded",
    ),
    Column("session", "integer", "", "Number of the session.", "12"),
    Column("block", "integer", "", "Block of the session, from 1; 0 is practice, −1 and below it practice again.", "2"),
    Column("position", "integer", "", "Place of the trial in the session, from 0, practice included.", "137"),
    Column(
        "probability",
        "number",
        "",
        "Of a test trial: the probability with which its pair came into its block, given everything that had been "
        "answered and issued then; empty for other kinds, and for trials older than the column.",
        "0.25",
    ),
    Column(
        "sampling",
        "text",
        "",
        "How the study chooses its pairs: `balanced`, or `adaptive`, whose votes give a ranking alone.",
        "balanced",
    ),
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
