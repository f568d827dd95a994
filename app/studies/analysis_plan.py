"""The analysis plan: how an experimenter means to analyse the answers, said before there are any.

It is part of the protocol, so that opening freezes it and the protocol's hash vouches for it. A setting ``plan_x`` is
the planned value of the report option ``x``; ``app/results/plan.py`` compares the two by name.
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, field_validator

from app.analysis.bradley_terry import DEFAULT_PRIOR
from app.analysis.davidson import Ties
from app.analysis.intervals import Interval
from app.analysis.significance import LARGEST_ALPHA, SMALLEST_ALPHA, Correction, PairTest
from app.studies.plain import one_line
from app.studies.setting import setting


class Plan(StrEnum):
    """Whether a study binds itself to an analysis."""

    FROZEN = "frozen"  # what differs from it is labelled a deviation
    NONE = "none"  # the study explores, or opened before there were plans


class AnalysisPlan(BaseModel):
    """What is decided about the analysis before the first answer; the defaults are the published rule."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    plan: Plan = setting(
        Plan.FROZEN, "Whether opening freezes the following as the analysis plan: frozen, or none where a study only "
        "explores.",
        "A reader cannot know what was decided after a look at the answers, unless it was written down before.",
    )  # fmt: skip
    plan_primary: str = setting(
        "", "The comparison or the question that the study is made for, in words; empty where all pairs of conditions "
        "matter alike.",
        "Whoever names one comparison beforehand need not correct it for all the others.", max_length=1_000,
    )  # fmt: skip
    plan_alpha: float = setting(
        0.05, "The level of the tests; intervals hold 1 - alpha.", "The published protocol.",
        ge=SMALLEST_ALPHA, le=LARGEST_ALPHA,
    )  # fmt: skip
    plan_test: PairTest = setting(
        PairTest.T, "The test that tells two conditions apart: t (paired over scenes), wilcoxon (signed ranks over "
        "scenes) or two_way (any subjects, any scenes).",
        "The published protocol; it holds for the subjects who judged.",
    )  # fmt: skip
    plan_correction: Correction = setting(
        Correction.NONE, "What p-values and groups correct for where many pairs are tested: none, holm (any false "
        "difference) or bh (the share of false ones).",
        "The published protocol; with eleven equal conditions it finds a difference in 72 % of studies, Holm in 5 %.",
    )  # fmt: skip
    plan_interval: Interval = setting(
        Interval.TWO_WAY, "What intervals take as a random sample: two_way (any subjects, any scenes), subjects, "
        "scenes, votes or fisher.",
        "A reader takes a ranking as a statement about methods, whoever looks at whatever.",
    )  # fmt: skip
    plan_prior: float = setting(
        DEFAULT_PRIOR, "Precision of the Gaussian prior on scores; 0 is maximum likelihood, the published fit.",
        "One scene in which somebody always wins has no finite maximum; the weak prior keeps it and the order.",
        ge=0, le=1e6,
    )  # fmt: skip
    plan_ties: Ties = setting(
        Ties.HALF, "What \"can't tell\" counts as: half (half a win for both) or davidson (an answer of its own).",
        "The published data have none; half wins need no further parameter.",
    )  # fmt: skip
    plan_include_excluded: bool = setting(
        False, "Whether votes of excluded sessions count.",
        "An exclusion by a rule that was stated beforehand is part of the protocol.",
    )  # fmt: skip
    plan_without_flagged: bool = setting(
        False, "Whether subjects whom the flags propose to exclude are left out of scores and tests.",
        "Flags are there to be looked at; a rule that leaves people out is chosen before anybody knows whom it hits.",
    )  # fmt: skip
    plan_interim: bool = setting(
        False, "Whether results may be looked at before the study is closed.",
        "Whoever looks early can stop when the answer pleases; a look that nobody planned is labelled.",
    )  # fmt: skip

    _primary = field_validator("plan_primary")(one_line)
