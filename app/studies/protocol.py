"""What an experimenter may say about a study, with the reason for every default."""

from collections.abc import Mapping
from math import ceil, comb
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from app.errors import BadInput
from app.jobs.contract import digest_of
from app.studies.plain import PLAIN, is_plain

QUESTION = "Which of the two pictures is closer to the reference?"
CONSENT = """You will see pictures in threes: a reference in the middle, and a version of it on either side. Each time \
you choose the side that is closer to the reference. What counts is what you see: \
apart from practice, nobody tells you whether an answer was right.

Taking part is voluntary. You may stop at any moment by closing the page, without giving a reason.

We store your answers and the time each took. We store no name, no e-mail address, no network address and no \
description of your browser. The answers are used for research and may be published, without anything that points \
to you."""
INSTRUCTIONS = """Compare the picture on the left and the picture on the right with the reference in the middle, and \
choose the side that is closer to it.

Take the time you need, and trust your eyes. Zoom in where you want to look closely: all three pictures move together. \
When both look equally close to you, follow your first impression, or say that you cannot tell where the page offers it.

A few practice rounds come first. You can rest between blocks, and you can come back later with your personal link."""


_ECHO = 100  # characters of what does not fit that its sentence repeats
_Scene = Annotated[str, StringConstraints(min_length=1, max_length=200)]


def _field(default: Any, what: str, why: str, **limits: Any) -> Any:
    return Field(default, description=what, json_schema_extra={"reason": why}, **limits)


_FIX = "correct these settings and save again; nothing was changed"


class BadProtocol(BadInput):
    """No study can be run with this setting."""


class Protocol(BaseModel):
    """Everything that determines a session apart from the pictures; frozen when the study opens."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    question: str = _field(
        QUESTION, "The question above every trial.", "Fidelity to a reference, as in the published protocol.",
        min_length=1, max_length=300,
    )  # fmt: skip
    trials_per_session: int = _field(
        500, "The most comparisons one session asks for, catch trials apart.",
        "The published protocol; at 5 s each they take 42 minutes, hence the blocks.", ge=1, le=10_000,
    )  # fmt: skip
    judgements_per_pair: int = _field(
        5, "How many valid judgements every pair should get.",
        "The published protocol; the monitor shows how far each pair has come.", ge=1, le=10_000,
    )  # fmt: skip
    block_size: int = _field(
        100, "The most comparisons between two breaks; blocks are made equally long.",
        "Eight to ten minutes: people tire before they notice.", ge=2, le=10_000,
    )  # fmt: skip
    break_minutes: float = _field(
        0, "How long a break between blocks must last; 0 offers a break and enforces none.",
        "A subject knows best, unless the ethics board says otherwise.", ge=0, le=1440,
    )  # fmt: skip
    catch_trials: int = _field(
        5, "Trials per session that show the reference against its degraded input.",
        "The published protocol; ten make the rule far stronger.", ge=0, le=200,
    )  # fmt: skip
    catch_failures_allowed: int = _field(
        1, "Wrong answers to catch trials after which a session still counts.",
        "One slip is human: an honest subject who slips in 2 % of trials is excluded in 0.4 % of sessions.",
        ge=0, le=200,
    )  # fmt: skip
    practice_trials: int = _field(
        4, "Trials before the first block whose answers are kept but never counted.",
        "The first answers are about the page, not about the pictures.", ge=0, le=100,
    )  # fmt: skip
    practice_scenes: tuple[_Scene, ...] = _field(
        (), "Scenes kept for practice; empty means that practice shows references against degraded inputs.",
        "Practice should use other content than the test; few sets have scenes to spare.",
        max_length=1000,
    )  # fmt: skip
    allow_tie: bool = _field(
        False, "Whether \"can't tell\" is an answer.", "The published protocol is a forced choice."
    )  # fmt: skip
    blank_ms: int = _field(
        350, "Milliseconds of plain grey between two trials.",
        "Without it the eye sees the difference between trials as motion.", ge=0, le=10_000,
    )  # fmt: skip
    min_view_ms: int = _field(
        0, "Milliseconds for which the answer buttons stay shut.",
        "Unlimited and unforced time; fast answers are flagged in the analysis instead.", ge=0, le=60_000,
    )  # fmt: skip
    target_sessions: int | None = _field(
        None, "How many valid sessions the monitor counts towards; empty means as many as judgements_per_pair needs.",
        "Excluded and abandoned sessions do not count, so recruit until the target is reached.", ge=1, le=1_000_000,
    )  # fmt: skip
    consent_text: str = _field(
        CONSENT, "What a subject agrees to; its exact wording is stored as a hash with the agreement.",
        "An agreement is worth as much as the text it points to.", min_length=1, max_length=20_000,
    )  # fmt: skip
    instructions: str = _field(
        INSTRUCTIONS, "What a subject reads before practising.", "Written, and the same for everybody.",
        min_length=1, max_length=20_000,
    )  # fmt: skip

    @field_validator("question", "practice_scenes")
    @classmethod
    def _one_line(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if not is_plain("".join(value)):
            raise ValueError(PLAIN)
        return value

    @field_validator("consent_text", "instructions")
    @classmethod
    def _lines(cls, value: str) -> str:
        if not is_plain(value, lines=True):
            raise ValueError(PLAIN)
        return value

    @model_validator(mode="after")
    def _rule_can_fail(self) -> "Protocol":
        if self.catch_trials and self.catch_failures_allowed >= self.catch_trials:
            raise ValueError(
                f"catch_failures_allowed: {self.catch_failures_allowed} of {self.catch_trials} catch trials would "
                "never exclude anybody; allow fewer failures, or set catch_trials to 0"
            )
        return self

    @property
    def hash(self) -> str:
        """The protocol's identity: sha256 of its canonical JSON."""
        return digest_of(self.model_dump(mode="json"))

    @property
    def consent_hash(self) -> str:
        """The consent text's identity, stored with each agreement."""
        return digest_of(self.consent_text)

    def catch_pass_probability(self) -> float:
        """The exact probability that somebody who clicks at random is kept ("can't tell" counts as a failure)."""
        right = 1 / 3 if self.allow_tie else 1 / 2
        n = self.catch_trials
        return sum(comb(n, k) * (1 - right) ** k * right ** (n - k) for k in range(self.catch_failures_allowed + 1))

    def comparisons(self, pairs: int) -> int:
        """How many comparisons one session can ask for, where the study has so many pairs."""
        return min(self.trials_per_session, pairs)

    def block_sizes(self, comparisons: int) -> tuple[int, ...]:
        """Trials per block, catch trials included: as few blocks as ``block_size`` allows, made equally long."""
        planned, blocks = comparisons + self.catch_trials, max(1, ceil(comparisons / self.block_size))
        return tuple(planned // blocks + (number < planned % blocks) for number in range(blocks))

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
        raise BadProtocol("; ".join(_sentence(detail) for detail in error.errors()), _FIX) from None


def _sentence(detail: Any) -> str:
    name = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"{name}: there is no such setting; the settings are {', '.join(Protocol.model_fields)}"
    told = str(detail["msg"]).removeprefix("Value error, ")
    if not name:
        return told
    got = repr(detail["input"])
    return f"{name}: {told} (got {got if len(got) <= _ECHO else got[:_ECHO] + '…'})"
