"""The columns of ``wins.csv``."""

from app.results.column import TASK, TASK_SCENES, Column

WINS = (
    TASK,
    Column("condition_a", "text", "", "The condition whose wins are counted.", "ms_ssim"),
    Column("condition_b", "text", "", "The condition that it was compared with.", "gmsd"),
    Column("wins", "number", "votes", "Votes for a, in the scenes that take part; a tie is half a win.", "63.5"),
    Column("votes", "number", "votes", "Votes on the pair in these scenes.", "100"),
    Column("share", "number", "", "Wins over votes; empty where the pair has no votes.", "0.635"),
    TASK_SCENES,
)
