"""What an experimenter may say about a study, with the reason for every default."""

from collections.abc import Mapping, Sequence
from math import ceil, comb
from typing import Annotated, Any

from pydantic import StringConstraints, ValidationError, field_validator, model_validator

from app.errors import BadInput
from app.jobs.contract import digest_of
from app.studies.analysis_plan import AnalysisPlan
from app.studies.ends import checked
from app.studies.fields import CatchPair, Gate, Sampling, ViewingModule, ViewingRule, lines
from app.studies.plain import PLAIN, is_plain
from app.studies.sayings import by_setting, marked, sentence
from app.studies.setting import setting
from app.studies.withheld import ENDS, SET, withheld
from app.studies.words import Words

REPEAT_DISTANCE = 10  # trials at least between a comparison and its repeat, wherever there are so many
_Scene = Annotated[str, StringConstraints(min_length=1, max_length=200)]


def _code(who: str, why: str) -> Any:
    limits = {"max_length": 60, "pattern": r"^[A-Za-z0-9_.-]*$"}
    return setting("", f"The completion code of everybody {who}; empty for none of its own.", why, **limits)


def _url(who: str) -> Any:
    return setting(
        "", f"Where everybody {who} is sent; {{participant}}, {{study}}, {{session}} and {{code}} are filled in.",
        "Recruiting services want their subjects back; empty shows our own last page.", max_length=1000,
    )  # fmt: skip


class BadProtocol(BadInput):
    """No study can be run with this setting."""

    def __init__(self, told: Sequence[str]) -> None:
        super().__init__("; ".join(map(marked, told)), "correct these settings and save again; nothing was changed")
        self.faults = by_setting(told, Protocol.model_fields)  # for a page to show where they are


class Protocol(Words):
    """Everything that determines a session apart from the pictures, and its analysis; frozen when the study opens."""

    trials_per_session: int = setting(
        500, "The most comparisons one session asks for, catch trials apart.",
        "The published protocol; at 5 s each they take 42 minutes, hence the blocks.", ge=1, le=10_000,
    )  # fmt: skip
    judgements_per_pair: int = setting(
        5, "How many valid judgements every pair should get.",
        "The published protocol; the monitor shows how far each pair has come.", ge=1, le=10_000,
    )  # fmt: skip
    sampling: Sampling = setting(
        Sampling.BALANCED, "How pairs are chosen: balanced, or adaptive (informative pairs first), which allows a "
        "ranking alone: no tests, no intervals over scenes.",
        "Adaptive saves 0–30 % of votes for rank where answers follow the model, 0–19 % replayed on real votes. Its "
        "scores are biased: on real votes further from those of a full design than with balanced pairs.",
    )  # fmt: skip
    adaptive_floor: int = setting(
        1, "Valid judgements that every pair gets before adaptive sampling chooses; balanced studies ignore it.",
        "Each pair at least once, so that all conditions stay compared.", ge=1, le=10_000,
    )  # fmt: skip
    block_size: int = setting(
        100, "The most comparisons between two breaks; blocks are made equally long.",
        "Eight to ten minutes: people tire before they notice.", ge=2, le=10_000,
    )  # fmt: skip
    break_minutes: float = setting(
        0, "How long a break between blocks must last; 0 offers a break and enforces none.",
        "A subject knows best, unless the ethics board says otherwise.", ge=0, le=1440,
    )  # fmt: skip
    catch_trials: int = setting(
        5, "Trials per session that show the reference against its degraded input.",
        "The published protocol; ten make the rule far stronger.", ge=0, le=200,
    )  # fmt: skip
    catch_failures_allowed: int = setting(
        1, "Wrong answers to catch trials after which a session still counts.",
        "One slip is human: an honest subject who slips in 2 % of trials is excluded in 0.4 % of sessions.",
        ge=0, le=200,
    )  # fmt: skip
    catch_pairs: tuple[CatchPair, ...] = setting(
        (), "Catch pairs of your own, one a line: task / scene / better > worse; "
        "empty means references against degraded inputs.",
        "The published protocol; a pair of your own must be as plain as that one.", max_length=1000,
    )  # fmt: skip
    repeat_percent: float = setting(
        0, "How many comparisons in a hundred come again later with their sides the other way round.",
        "The published protocol has none; ten show how far a subject agrees with themselves, and cost a tenth more.",
        ge=0, le=50,
    )  # fmt: skip
    dummy_trials: int = setting(
        2, "Trials at the start of a block after a break whose answers are kept but never counted.",
        "BT.500 starts a session with stabilizing trials: the eye settles again after a rest.", ge=0, le=20,
    )  # fmt: skip
    practice_trials: int = setting(
        4, "Trials before the first block whose answers are kept but never counted.",
        "The first answers are about the page, not about the pictures.", ge=0, le=100,
    )  # fmt: skip
    practice_scenes: tuple[_Scene, ...] = setting(
        (), "Scenes kept for practice; empty means that practice shows references against degraded inputs.",
        "Practice should use other content than the test; few sets have scenes to spare.",
        max_length=1000,
    )  # fmt: skip
    practice_pass: int = setting(
        0, "Right answers that practice must bring; 0 lets everybody go on.",
        "Practice is there to learn the page; whoever did not understand it shows in the catch trials.", ge=0, le=100,
    )  # fmt: skip
    practice_attempts: int = setting(
        3, "How often practice may be tried before a subject who does not pass it is screened out.",
        "Two to learn from, and one to show it.", ge=1, le=20,
    )  # fmt: skip
    allow_tie: bool = setting(
        False, "Whether \"can't tell\" is an answer.", "The published protocol is a forced choice."
    )  # fmt: skip
    blank_ms: int = setting(
        350, "Milliseconds of plain grey between two trials.",
        "Without it the eye sees the difference between trials as motion.", ge=0, le=10_000,
    )  # fmt: skip
    min_view_ms: int = setting(
        0, "Milliseconds for which the answer buttons stay shut.",
        "Unlimited and unforced time; fast answers are flagged in the analysis instead.", ge=0, le=60_000,
    )  # fmt: skip
    hold_reference: bool = setting(
        True, "Whether holding R shows the reference in place of both candidates.",
        "Differences that the eye misses side by side show in place.",
    )  # fmt: skip
    flicker: bool = setting(
        False, "Whether F makes each candidate alternate with the reference, in place.",
        "It finds differences that nobody sees side by side; JPEG AIC-3 uses it where such differences matter.",
    )  # fmt: skip
    sitting_minutes: int | None = setting(
        None, "Minutes of judging after which a subject must rest until another day; empty sets no limit.",
        "BT.500 asks for at most 30; the published protocol left it to the subject.", ge=5, le=480,
    )  # fmt: skip
    rest_hours: float = setting(
        12, "Hours until the next sitting, where `sitting_minutes` limits one.",
        "A night.", ge=0.1, le=720,
    )  # fmt: skip
    display_gate: Gate = setting(
        Gate.REQUIRE, "What happens where a screen cannot show the pictures as they are: require, advise or off.",
        "A picture that the screen scales is another picture.",
    )  # fmt: skip
    gate_pixels: int = setting(
        512, "Width and height in device pixels that each pane must show at 1:1; smaller pictures ask for less.",
        "The published crops; larger pictures can be moved.", ge=16, le=8192,
    )  # fmt: skip
    record_looks: bool = setting(
        True, "Whether the screen of every answer and how the pictures were zoomed and moved is stored.",
        "A reader of the study asks how its pictures were seen; a consent text that excludes it switches it off.",
    )  # fmt: skip
    viewing: tuple[ViewingModule, ...] = setting(
        (), "Viewing conditions that are looked at first, in this order: card, brightness, acuity, colour.",
        "A laboratory knows its rooms and screens; a study over the internet should ask for all four.",
    )  # fmt: skip
    viewing_rule: ViewingRule = setting(
        ViewingRule.RECORD, "What happens to somebody who does not pass one of them: record or screen out.",
        "Recorded, it can still be decided in the analysis.",
    )  # fmt: skip
    completed_code: str = _code("who reached the end", "Every session then has a code of its own.")
    failed_code: str = _code(
        "who reached the end with too many catch trials failed", "They see the same as the others."
    )
    screened_out_code: str = _code("who was screened out before the first block", "They see a page without a code.")
    completed_url: str = _url("who reached the end")
    failed_url: str = _url("who reached the end with too many catch trials failed")
    screened_out_url: str = _url("who was screened out before the first block")
    target_sessions: int | None = setting(
        None, "How many valid sessions the monitor counts towards; empty means as many as `judgements_per_pair` needs.",
        "Excluded and abandoned sessions do not count, so recruit until the target is reached.", ge=1, le=1_000_000,
    )  # fmt: skip
    public_quota: int | None = setting(
        None, "The most sessions that the public link takes, those counted that are valid or under way; empty sets no "
        "bound.",
        "A link that is passed on brings more people than a study can use or pay.", ge=1, le=1_000_000,
    )  # fmt: skip

    @field_validator("catch_pairs", mode="before")
    @classmethod
    def _by_line(cls, said: Any) -> Any:
        return lines(said)

    @field_validator("viewing", "catch_pairs")
    @classmethod
    def _once_each(cls, value: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(set(value)) < len(value):
            raise ValueError("nothing may stand there twice")
        return value

    @field_validator("completed_url", "failed_url", "screened_out_url")
    @classmethod
    def _leads_out(cls, value: str) -> str:
        return value and checked(value)

    @field_validator("practice_scenes")
    @classmethod
    def _one_line(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not is_plain("".join(value)):
            raise ValueError(PLAIN)
        return value

    @model_validator(mode="after")
    def _rule_can_fail(self) -> "Protocol":
        if self.catch_trials and self.catch_failures_allowed >= self.catch_trials:
            raise ValueError(
                f"catch_failures_allowed: {self.catch_failures_allowed} of {self.catch_trials} catch trials would "
                "never exclude anybody; allow fewer failures, or set `catch_trials` to 0"
            )
        return self

    @property
    def hash(self) -> str:
        """The protocol's identity: sha256 of its canonical JSON, with "set" for codes and addresses at the end."""
        return digest_of(withheld(self.model_dump(mode="json")))

    def without_codes(self, told: str = SET) -> "Protocol":
        """The protocol as it is shown to those who do not run the study."""
        return self.model_copy(update=withheld({name: getattr(self, name) for name in ENDS}, told))

    @property
    def plan_hash(self) -> str:
        """The identity of the analysis plan alone: sha256 of its canonical JSON."""
        return digest_of(self.model_dump(mode="json", include=set(AnalysisPlan.model_fields)))

    @property
    def is_adaptive(self) -> bool:
        """Whether votes decide which pairs come next, so that the results are a ranking alone."""
        return self.sampling is Sampling.ADAPTIVE

    def catch_pass_probability(self) -> float:
        """The exact probability that somebody who clicks at random is kept ("can't tell" counts as a failure)."""
        right = 1 / 3 if self.allow_tie else 1 / 2
        n = self.catch_trials
        return sum(comb(n, k) * (1 - right) ** k * right ** (n - k) for k in range(self.catch_failures_allowed + 1))

    def comparisons(self, pairs: int) -> int:
        """How many comparisons one session can ask for, where the study has so many pairs."""
        return min(self.trials_per_session, pairs)

    def repeats(self, comparisons: int) -> int:
        """How many of so many comparisons come again."""
        return round(comparisons * self.repeat_percent / 100)

    def block_sizes(self, comparisons: int) -> tuple[int, ...]:
        """Trials per block without dummies: as few blocks as ``block_size`` allows, made equally long."""
        planned = comparisons + self.catch_trials + self.repeats(comparisons)
        blocks = max(1, ceil(comparisons / self.block_size))
        return tuple(planned // blocks + (number < planned % blocks) for number in range(blocks))

    def planned(self, comparisons: int) -> int:
        """Trials of the whole session, dummies included and practice apart."""
        sizes = self.block_sizes(comparisons)
        return sum(sizes) + self.dummy_trials * (len(sizes) - 1)

    def room_for_catch(self, comparisons: int) -> int:
        """How many catch trials fit when none begins a block and none follows another."""
        return sum(size // 2 for size in self.block_sizes(comparisons))

    def sessions_needed(self, pairs: int) -> int:
        """The number of valid sessions that the study counts towards."""
        return self.target_sessions or ceil(pairs * self.judgements_per_pair / max(1, self.comparisons(pairs)))


def read(said: Mapping[str, Any]) -> Protocol:
    """The protocol that a form or a file describes; raises ``BadProtocol``, which names every wrong setting."""
    try:
        return Protocol.model_validate(dict(said))
    except ValidationError as error:
        raise BadProtocol([sentence(detail, Protocol.model_fields) for detail in error.errors()]) from None
