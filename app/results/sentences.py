"""What a ranking shows, in a sentence for a person."""

from collections.abc import Sequence

from app.analysis.arrays import BoolArray
from app.analysis.connectivity import Components
from app.analysis.groups import Groups
from app.analysis.significance import Correction, PairTest

_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_FEW = 6  # conditions that one sentence can still name
_SOME = 3  # names that stand for a long list
_CORRECTED = {Correction.NONE: "uncorrected", Correction.HOLM: "Holm-corrected", Correction.BH: "BH-corrected"}


def ranking_in_words(names: Sequence[str], found: Groups, apart: BoolArray) -> str:
    """Which conditions cannot be told apart and which beat which; ``found`` numbers the ``names``."""
    steps = _steps(found)
    if steps is None:
        return _around_the_best(names, found, apart)
    told = [[names[condition] for condition in step] for step in steps]
    if len(told) == 1:
        same = told[0]
        return (
            f"{listed(same)} cannot be told apart."
            if len(same) == 2
            else f"No two of {listed(same)} can be told apart."
        )
    best, rest = told[0], [name for step in told[1:] for name in step]
    if len(names) > _FEW:
        return _beats(best, f"the other {_number(len(rest))}")
    if len(told) == 2:
        return _beats(best, listed(rest), ", which cannot be told apart" if len(rest) > 1 else "", len(best) > 1)
    if all(len(step) == 1 for step in told):
        return f"{told[0][0]} beats {', which beats '.join(step[0] for step in told[1:])}."
    parts = [listed(step) + (" (cannot be told apart)" if len(step) > 1 else "") for step in told]
    return f"From best to worst: {', then '.join(parts)}."


def untested_in_words(names: Sequence[str], scenes: int) -> str:
    """The order alone, where there are too few scenes for a test; ``names`` are in the order of the ranking."""
    few = "one scene" if scenes == 1 else f"{_number(scenes)} scenes"
    others = listed(names[1:]) if len(names) <= _FEW else some(names[1:])
    return f"{names[0]} scores highest, before {others}; with only {few} no test over scenes is possible."


def untestable_in_words(names: Sequence[str], scenes: int) -> str:
    """The order alone, where all differences are the same in all scenes; ``names`` are in the order of the ranking."""
    others = listed(names[1:]) if len(names) <= _FEW else some(names[1:])
    return (
        f"{names[0]} scores highest, before {others}; every difference is the same in all {_number(scenes)} scenes, so "
        "that no test over scenes is possible."
    )


def adaptive_in_words(names: Sequence[str]) -> str:
    """The order alone, where the votes decided which pairs were asked; ``names`` are in the order of the ranking."""
    return f"{names[0]} ranks first, before {listed(names[1:])}; adaptive sampling gives this order and no test."


def apart_in_words(apart: Components) -> str:
    """That the votes do not join the conditions; only within each part do scores compare."""
    parts = " / ".join(some(island) for island in apart.islands)
    return f"No vote joins {parts}: scores compare only within each of these {_number(len(apart.islands))} sets."


def aligned_in_words(names: Sequence[str], scenes: int) -> str:
    """The order alone, where scenes hold different conditions; ``names`` are in the order of the ranking."""
    others = listed(names[1:]) if len(names) <= _FEW else some(names[1:])
    return f"{names[0]} ranks first, before {others}; {counted(scenes, 'aligned scene')} give this order and no test."


def alignable_in_words() -> str:
    """That scenes which lack conditions could be ranked together, and how."""
    return (
        "Together the scenes join all conditions: aligned, they can be ranked (Incomplete scenes, under More; "
        "--incomplete align)."
    )


def tests_in_words(scenes: int, alpha: float, correction: Correction, test: PairTest) -> str:
    """The test behind a ranking, in a clause."""
    what = {
        PairTest.T: f"Paired t-tests over {scenes} scenes for these subjects",
        PairTest.WILCOXON: f"Wilcoxon signed-rank tests over {scenes} scenes for these subjects",
        PairTest.TWO_WAY: "Tests clustered by subject and by scene, for any subjects and any scenes,",
    }
    return f"{what[test]} at α = {alpha:g}, {_CORRECTED[correction]}."


def controls_in_words(alpha: float, correction: Correction, test: PairTest = PairTest.T) -> str:
    """Which error the rule keeps at α, and which it does not."""
    if correction is Correction.HOLM:
        return f"Holm’s correction keeps the chance of any false difference in the task at α = {alpha:g} or below."
    if correction is Correction.BH:
        return (
            "Benjamini and Hochberg’s correction keeps the expected share of false ones among the differences found "
            f"at α = {alpha:g} or below, not the chance of a single false one."
        )
    if test is not PairTest.T:
        return (
            f"Without a correction the test keeps α = {alpha:g} for each pair by itself, but neither the chance of any "
            "false difference nor the share of false ones."
        )
    return (
        f"The published rule keeps α = {alpha:g} for each pair by itself, but neither the chance of any false "
        "difference nor the share of false ones: at 0.05 it finds a difference in 72 % of studies of eleven equal "
        "conditions."
    )


def counted(number: float, word: str) -> str:
    """``1 vote``, ``12 votes``, ``1 320.5 votes``."""
    digits = f"{number:,.0f}" if number == int(number) else f"{number:,.1f}"
    return f"{digits.replace(',', ' ')} {word}{'' if number == 1 else 's'}"


def percent(share: float, decimals: int = 0) -> str:
    """``18.8 %``."""
    return f"{100 * share:.{decimals}f} %"


def some(names: Sequence[str], separator: str = ", ") -> str:
    """The first names and how many more there are."""
    if len(names) <= _SOME + 1:  # a last one is named as shortly as it is counted
        return listed(names) if separator == ", " else separator.join(names)
    return f"{separator.join(names[:_SOME])} and {len(names) - _SOME} more"


def listed(names: Sequence[str]) -> str:
    """The names with commas and a last "and"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _steps(found: Groups) -> list[tuple[int, ...]] | None:
    """The groups as steps of the ranking, or None where they overlap or leap over one another."""
    steps = list(found.cliques)
    return steps if [condition for step in steps for condition in step] == list(found.order) else None


def _beats(best: Sequence[str], rest: str, tail: str = "", either: bool = False) -> str:
    if len(best) == 1:
        return f"{best[0]} beats {rest}{tail}."
    all_of = "both" if len(best) == 2 else f"all {_number(len(best))}"
    return f"{listed(best)} cannot be told apart; {all_of} beat {rest}{tail}{' either' if tail and either else ''}."


def _around_the_best(names: Sequence[str], found: Groups, apart: BoolArray) -> str:
    best = found.order[0]
    level = [names[other] for other in found.order[1:] if not apart[best, other]]
    beaten = [names[other] for other in found.order if apart[best, other]]
    if not beaten:
        return f"{names[best]} scores highest but cannot be told apart from any other; the letters tell the rest."
    told = f"it cannot be told apart from {_named(level)} and" if level else "it"
    return f"{names[best]} scores highest; {told} beats {_named(beaten)}. The letters tell the rest."


def _named(names: Sequence[str]) -> str:
    return listed(names) if len(names) <= _FEW else f"{_number(len(names))} others"


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)
