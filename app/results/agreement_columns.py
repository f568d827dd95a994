"""The columns of ``agreement.csv``, ``rank_matrix.csv``, ``twoafc.csv`` and ``measures.csv``."""

from app.results.column import SCENE, TASK, Column

_MEASURE = Column("measure", "text", "", "The image-quality model.", "ms_ssim")
_FORM = Column(
    "form",
    "text",
    "",
    "Whether the measure is of all channels (`rgb`, the published rule) or of luminance (`y`).",
    "rgb",
)
_BETTER = Column("better", "text", "", "Whether `higher` or `lower` values of the measure are better.", "higher")
_LEVEL = Column("level", "number", "", "Confidence level of the interval.", "0.95")


def _coefficient(name: str, what: str, example: str, without: str = "") -> tuple[Column, ...]:
    among = f", without the measure's own networks{without}" if name.startswith("without_own") else ""
    return (
        Column(name, "number", "", f"{what}{among}; empty where it is not defined.", example),
        Column(f"{name}_low", "number", "", "Lower end of its interval; empty without one.", "0.61"),
        Column(f"{name}_high", "number", "", "Upper end of its interval; empty without one.", "0.95"),
    )


_SRCC = "Spearman's correlation of the measure's ranking with the subjects', equal values sharing their ranks"
_KRCC = "Kendall's tau-b of the two rankings"
_PLCC = "Pearson's correlation of the measure's means over scenes with the scores, no curve fitted first"

AGREEMENT = (
    TASK,
    _MEASURE,
    _FORM,
    _BETTER,
    *_coefficient("srcc", _SRCC, "0.86"),
    *_coefficient("krcc", _KRCC, "0.71"),
    *_coefficient("plcc", _PLCC, "0.83"),
    Column(
        "reason",
        "text",
        "",
        "Why a coefficient or an interval is missing; empty where none is.",
        "an interval needs 3 scenes",
    ),
    Column("conditions", "integer", "conditions", "Conditions in both rankings.", "11"),
    Column(
        "scenes", "integer", "scenes", "Scenes that both rankings are means over: with values of all conditions.", "20"
    ),
    Column(
        "left_out",
        "text",
        "",
        "The measure's own networks, trained under it alone or with others, which `without_own` leaves out.",
        "ms_ssim",
    ),
    *_coefficient("without_own_srcc", "The same as srcc", "0.82"),
    *_coefficient("without_own_krcc", "The same as krcc", "0.66"),
    *_coefficient("without_own_plcc", "The same as plcc", "0.79"),
    Column(
        "without_own_reason",
        "text",
        "",
        "Why one of these is missing; `no condition was trained under it` where they would be the same.",
        "no condition was trained under it",
    ),
    Column("without_own_conditions", "integer", "conditions", "Conditions that are left; empty without own.", "10"),
    Column(
        "without_value",
        "text",
        "",
        "Conditions with a score and without a value, which take no part.",
        "degraded; jpeg",
    ),
    _LEVEL,
    Column(
        "resampled",
        "text",
        "",
        "What the intervals resample, and so what they speak about: `scenes and subjects`, or `scenes` where the votes "
        "do not say whose they are; never conditions.",
        "scenes and subjects",
    ),
    Column("replicates", "integer", "", "How many times they do.", "1000"),
    Column("seed", "integer", "", "The seed they do it with: the same seed gives the same intervals.", "0"),
)

RANK_MATRIX = (
    TASK,
    Column("condition", "text", "", "The network; a condition without an objective where none is known.", "ms_ssim"),
    _MEASURE,
    _FORM,
    _BETTER,
    Column("rank", "integer", "", "Among the conditions by their means; 1 is best, and equal means share a rank.", "1"),
    Column("mean", "number", "the measure's", "Mean over scenes of the measure.", "0.9412"),
    Column("scenes", "integer", "scenes", "Scenes of the means: those with a value for every condition.", "20"),
    Column(
        "own",
        "text",
        "",
        "`alone` where it was trained under this measure only, `with others` where under several; else empty.",
        "alone",
    ),
    Column(
        "holds",
        "yes/no",
        "",
        "Whether the condition comes first under its own measure; empty where it is not its one objective.",
        "yes",
    ),
)

TWOAFC = (
    Column("task", "text", "", "What the conditions restore; empty for the pairs of all tasks together.", "denoise"),
    Column(
        "who",
        "text",
        "",
        "`measure`; `one person`: another subject, estimated without bias by pairs of different subjects; `majority of "
        "the others`: what most other subjects answered, held out one subject at a time.",
        "measure",
    ),
    Column("measure", "text", "", "The image-quality model; empty for people.", "ms_ssim"),
    Column("form", "text", "", "Its form, as in agreement.csv; empty for people.", "rgb"),
    Column(
        "score",
        "number",
        "",
        "Mean over pairs of p q + (1 - p)(1 - q): how often a subject's answer is that of the measure, or of people.",
        "0.74",
    ),
    Column("low", "number", "", "Lower end of its interval, scenes as clusters; empty under three scenes.", "0.71"),
    Column("high", "number", "", "Upper end of its interval, scenes as clusters; empty under three scenes.", "0.77"),
    _LEVEL,
    Column(
        "pairs",
        "integer",
        "pairs",
        "Pairs of pictures that it is a mean over, each counting alike; of people those with two subjects' votes.",
        "1100",
    ),
    Column("scenes", "integer", "scenes", "Scenes that these pairs are of.", "20"),
    Column("reason", "text", "", "Why the score or its interval is missing.", "an interval needs 3 scenes"),
)

MEASURES = (
    TASK,
    SCENE,
    Column(
        "condition", "text", "", "The method whose picture it is; `degraded` is what the methods were given.", "mae"
    ),
    _MEASURE,
    Column("value", "number", "the measure's", "What the measure says of the picture against its reference.", "0.9412"),
    _BETTER,
    _FORM,
    Column("source", "text", "", "Where the value comes from: a file's name, or a scoring job.", "measures.csv"),
)
