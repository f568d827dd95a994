"""What a reader of results may choose."""

from dataclasses import dataclass

from app.analysis.alignment import Incomplete
from app.analysis.bradley_terry import DEFAULT_PRIOR
from app.analysis.davidson import Ties
from app.analysis.intervals import Interval
from app.analysis.significance import LARGEST_ALPHA, SMALLEST_ALPHA, Correction, PairTest
from app.errors import BadInput


class BadOptions(BadInput):
    """No analysis can follow this choice."""


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """How votes are counted and tested; the defaults are the published rule, with intervals clustered both ways."""

    alpha: float = 0.05
    correction: Correction = Correction.NONE
    prior: float = DEFAULT_PRIOR
    include_excluded: bool = False
    people: bool | None = None  # None: what the study counts; True: in a demonstration, the people who tried it
    interval: Interval = Interval.TWO_WAY
    scenes: tuple[str, ...] = ()  # only these take part; none named: all
    test: PairTest = PairTest.T
    without_flagged: bool = False  # whether subjects whom the screening proposes to exclude are left out
    ties: Ties = Ties.HALF
    anchor: str | None = None  # the condition that scores are shown relative to; None: they sum to zero
    incomplete: Incomplete = Incomplete.LEAVE_OUT  # what becomes of scenes that do not join all conditions

    def __post_init__(self) -> None:
        if not SMALLEST_ALPHA <= self.alpha <= LARGEST_ALPHA:
            raise BadOptions(
                f"alpha must lie between {SMALLEST_ALPHA:f} and {LARGEST_ALPHA:g}, and is {self.alpha:g}",
                "choose another; 0.05 is usual",
            )
        if not 0 <= self.prior < float("inf"):
            raise BadOptions(
                f"The prior must be 0 (maximum likelihood) or positive, and is {self.prior:g}",
                "choose another; 0.1 is usual",
            )

    def require_meaning(self, *, is_demo: bool) -> None:
        """Nothing, where every choice means something in such a study; raises ``BadOptions`` otherwise."""
        if self.people and not is_demo:
            raise BadOptions(
                "people asks for those who tried a demonstration, and this study is none: it counts people anyway",
                "leave people out",
            )

    @property
    def level(self) -> float:
        """Confidence level of the intervals."""
        return 1 - self.alpha
