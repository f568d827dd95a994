"""Protocols of every kind, for tests that must hold for all of them."""

from typing import Any

from hypothesis import strategies as st

from app.analysis.davidson import Ties
from app.analysis.intervals import Interval
from app.analysis.significance import Correction, PairTest
from app.studies.analysis_plan import Plan
from app.studies.fields import AnswerKind, Asked, CatchPair, Gate, Sampling, ViewingModule, ViewingRule
from app.studies.protocol import Protocol
from app.studies.words import Translation

LINE = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=30).filter(str.strip)
TRAPS = st.sampled_from(
    ["no", "Yes", "1e3", "2026-11-30", "12:30", "~", "null", "0x1F", "1_000", "<<", "# none", "a: b", "- x", "'", '"',
     "*x", "&x", "!!str", "a #b", "{}", "[a", "010", ".nan", "%", "@", "`", "|", ">", "? a", "true", "5", "a / b > c"]
)  # fmt: skip
WORDS = LINE | TRAPS
PROSE = st.lists(st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=30) | TRAPS, max_size=5).map(
    lambda lines: "\n".join(["x", *lines])
)
_CODE = st.from_regex(r"[A-Za-z0-9_.-]{0,12}", fullmatch=True)


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    """A question about the subject."""
    kind = draw(st.sampled_from(AnswerKind))
    said: dict[str, Any] = {
        "name": draw(st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)), "label": draw(WORDS), "kind": kind,
        "required": draw(st.booleans()),
    }  # fmt: skip
    if kind is AnswerKind.CHOICE:
        said["options"] = draw(st.lists(WORDS.map(str.strip), min_size=2, max_size=4, unique=True))
    if kind is AnswerKind.NUMBER:
        said["least"], said["most"] = draw(st.none() | st.integers(-9, 9)), draw(st.none() | st.integers(10, 99))
    return Asked(**said)


@st.composite
def catch_pairs(draw: st.DrawFn) -> CatchPair:
    """A pair of two conditions."""
    better, worse = draw(st.lists(WORDS.map(str.strip), min_size=2, max_size=2, unique=True))
    return CatchPair(task=draw(WORDS), scene=draw(WORDS), better=better, worse=worse)


@st.composite
def translations(draw: st.DrawFn, questionnaire: tuple[Asked, ...]) -> dict[str, Translation]:
    """The texts in further languages; a question is answered there as in the questionnaire."""
    found = dict[str, Translation]()
    for tag in draw(st.lists(st.sampled_from(["de", "fr", "no", "zh-Hans"]), unique=True, max_size=2)):
        asked = [
            one.model_copy(update={"label": draw(WORDS.map(str.strip)), "options": tuple(
                draw(st.lists(WORDS.map(str.strip), min_size=len(one.options), max_size=len(one.options), unique=True))
            )})
            for one in questionnaire if draw(st.booleans())
        ]  # fmt: skip
        found[tag] = Translation(
            title=draw(st.just("") | WORDS), question=draw(st.just("") | WORDS),
            consent_text=draw(st.just("") | PROSE),
            instructions=draw(st.just("") | PROSE), questionnaire=tuple(asked),
        )  # fmt: skip
    return found


@st.composite
def protocols(draw: st.DrawFn) -> Protocol:
    """A protocol with any of its settings other than their defaults."""
    catch = draw(st.integers(2, 20))
    settings: dict[str, st.SearchStrategy[Any]] = {
        "question": WORDS, "trials_per_session": st.integers(1, 10_000), "sampling": st.sampled_from(Sampling),
        "break_minutes": st.floats(0, 1440), "catch_failures_allowed": st.integers(0, catch - 1),
        "catch_pairs": st.lists(catch_pairs(), max_size=3, unique_by=str).map(tuple),
        "repeat_percent": st.floats(0, 50), "practice_scenes": st.lists(WORDS, max_size=3).map(tuple),
        "allow_tie": st.booleans(), "hold_reference": st.booleans(), "sitting_minutes": st.none() | st.integers(5, 480),
        "questionnaire": st.lists(asked(), max_size=4, unique_by=lambda one: one.name).map(tuple),
        "display_gate": st.sampled_from(Gate), "record_looks": st.booleans(),
        "viewing": st.lists(st.sampled_from(ViewingModule), unique=True).map(tuple),
        "viewing_rule": st.sampled_from(ViewingRule),
        "languages": st.lists(st.sampled_from(["en", "de", "zh-Hans", "no"]), unique=True).map(tuple),
        "completed_code": _CODE | st.just("1e3"), "completed_url": st.just("https://example.org/?a={participant}"),
        "target_sessions": st.none() | st.integers(1, 1_000_000), "consent_text": PROSE, "instructions": PROSE,
        "plan": st.sampled_from(Plan), "plan_primary": LINE, "plan_alpha": st.floats(0.001, 0.2),
        "plan_test": st.sampled_from(PairTest), "plan_correction": st.sampled_from(Correction),
        "plan_interval": st.sampled_from(Interval), "plan_prior": st.floats(0, 1e6), "plan_ties": st.sampled_from(Ties),
        "plan_interim": st.booleans(),
    }  # fmt: skip
    said = draw(st.fixed_dictionaries({}, optional=settings))
    own = draw(translations(said.get("questionnaire", ())))
    return Protocol(catch_trials=catch, translations=own, **said)
