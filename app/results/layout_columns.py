"""The columns of what other programs read: R's BradleyTerry2 and lme4, and pwcmp."""

from app.results.column import SCENE, TASK, Column

_FIRST = Column("condition_1", "text", "", "The condition of the pair whose name comes first.", "gmsd")
_SECOND = Column("condition_2", "text", "", "The other condition of the pair.", "ms_ssim")

BRADLEY_TERRY = (
    TASK,
    SCENE,
    _FIRST,
    _SECOND,
    Column("left_1", "integer", "", "1 where `condition_1` stood on the left, else 0; empty where it is unknown.", "1"),
    Column("left_2", "integer", "", "1 where `condition_2` stood on the left, else 0; empty where it is unknown.", "0"),
    Column("win_1", "number", "votes", "Votes for `condition_1`; a tie is half a vote for both.", "3"),
    Column("win_2", "number", "votes", "Votes for `condition_2`.", "2"),
)

LME4 = (
    TASK,
    SCENE,
    Column("subject", "text", "", "Who answered; empty where a file does not say.", "7"),
    Column("pair", "text", "", "Both conditions, for a random effect of the pair.", "gmsd:ms_ssim"),
    _FIRST,
    _SECOND,
    Column("y", "number", "", "1 where `condition_1` won, 0 where it lost, 0.5 for a tie.", "1"),
    Column("weight", "number", "votes", "How many votes the row stands for.", "1"),
    Column(
        "left", "integer", "", "1 where `condition_1` stood on the left, −1 on the right, 0 where it is unknown.", "-1"
    ),
)

COMPARISONS = (
    TASK,
    SCENE,
    Column("group", "text", "", "Task and scene, for functions that group by one column.", "denoise/coffee-1"),
    Column("observer", "text", "", "Who answered.", "7"),
    _FIRST,
    _SECOND,
    Column("selection", "integer", "", "Which of the two was selected: 1 or 2.", "1"),
    Column("selected_1", "integer", "", "1 where `condition_1` was selected, else 0.", "1"),
)

COUNTS = (
    SCENE,
    Column("condition", "text", "", "The condition of this row of the scene's matrix.", "gmsd"),
)

# By the file they stand in; those of which each task has one are called by it (`lme4-denoise.csv`).
LAYOUTS: dict[str, tuple[Column, ...]] = {
    "R/bradley_terry.csv": BRADLEY_TERRY,
    "R/lme4.csv": LME4,
    "pwcmp/comparisons.csv": COMPARISONS,
    "pwcmp/counts.csv": COUNTS,
}
