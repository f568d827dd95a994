"""The columns of ``diagonal.csv``, the one table that a matrix of trainings has and a study has not."""

from app.results.column import TASK, Column

DIAGONAL = (
    TASK,
    Column("condition", "text", "", "The network; only an objective of one measure has a place here.", "ms_ssim"),
    Column("measure", "text", "", "The measure it was trained under, of all channels (`rgb`).", "ms_ssim"),
    Column("better", "text", "", "Whether `higher` or `lower` values of the measure are better.", "higher"),
    Column("holds", "yes/no", "", "Whether it comes first under its own measure, alone or with others.", "yes"),
    Column("rank", "integer", "", "Among the networks of the task; 1 is best, and equal means share a rank.", "1"),
    Column("value", "number", "the measure's", "Its mean over scenes.", "0.9412"),
    Column("best", "text", "", "The network that comes first; itself where the criterion holds.", "ms_ssim"),
    Column("best_value", "number", "the measure's", "The mean over scenes of the network that comes first.", "0.9412"),
    Column("rival", "text", "", "The best of the others; empty without others.", "nlpd"),
    Column(
        "lead", "number", "the measure's", "By how much its mean is better than the rival's; negative is a miss.",
        "0.0031",
    ),
    Column(
        "lead_share", "number", "", "The lead as a share of the distance from the best mean of the task to the worst.",
        "0.08",
    ),
    Column("scenes", "integer", "scenes", "Scenes of the means: those with a value for every network.", "20"),
    Column("scenes_first", "integer", "scenes", "In how many of them it comes first, alone or with others.", "18"),
)  # fmt: skip
