"""What is known of each subject, in a row that a page and a table print."""

from dataclasses import dataclass

from app.analysis.chance import Verdict
from app.results.subject_flags import Flag


@dataclass(frozen=True, slots=True)
class SessionCatch:
    """The catch trials of one session; ``p`` is that of a random clicker doing as well."""

    session: str
    seen: int
    failed: int
    p: float
    allowed: int
    excluded: bool

    @property
    def passed(self) -> bool:
        """Whether the rule keeps the session."""
        return self.failed <= self.allowed


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """One subject; None stands for what cannot be said of them.

    Attributes
    ----------
    sittings
        The sessions with answers of the subject.
    votes
        First judgements of pairs that the subject is screened by: those that count, or, where none does, those of
        their excluded sessions.
    likelihood, distance
        Mean log10-likelihood per answer, and how many interquartile ranges it lies below the first quartile.
    triads, zeta
        Circular triads in all complete blocks together, and the mean of their coefficients.
    excluded
        Whether none of their votes counts, because their sessions are excluded; ``rule`` says by which rules.
    """

    subject: str
    sittings: tuple[str, ...] | None
    votes: float
    catch: tuple[SessionCatch, ...]
    slope: float | None
    stderr: float | None
    low: float | None
    high: float | None
    likelihood: float | None
    distance: float | None
    left_share: float | None
    left_p: float | None
    side: Verdict | None
    repeats: int
    agreed: int
    repeats_p: float | None
    blocks: int
    triads: int | None
    zeta: float | None
    median_ms: float | None
    fast_share: float | None
    flags: tuple[Flag, ...]
    proposed: str
    excluded: bool
    rule: str

    @property
    def sessions(self) -> int | None:
        """How many sessions; None where a file does not say."""
        return None if self.sittings is None else len(self.sittings)

    @property
    def catch_seen(self) -> int:
        """Catch trials answered."""
        return sum(one.seen for one in self.catch)

    @property
    def catch_failed(self) -> int:
        """Of these, those answered wrong."""
        return sum(one.failed for one in self.catch)

    @property
    def catch_p(self) -> float | None:
        """The smallest of the sessions' p-values: how well a session passes for more than random clicks, at best."""
        return min((one.p for one in self.catch), default=None)
