"""What the answers say of every subject, statistic by statistic; the rows are made of it."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from app.analysis.answer_times import AnswerTimes, answer_times
from app.analysis.arrays import FloatArray, IntArray
from app.analysis.bradley_terry import DEFAULT_PRIOR
from app.analysis.catch_rule import CatchRule, usual_rule
from app.analysis.chance import Verdict, at_least, side_verdicts, two_sided
from app.analysis.circular_triads import circular_triads, zeta
from app.analysis.left_out_scores import differences
from app.analysis.likelihood_outliers import Likelihoods, likelihoods
from app.analysis.repeated_answers import Repeats, repeats
from app.analysis.subject_blocks import Blocks, complete_blocks
from app.analysis.subject_slopes import Slopes, slopes
from app.analysis.vote_columns import UNKNOWN
from app.results.judgements import WINNERS
from app.results.subject_rows import SessionCatch
from app.results.subject_votes import CATCH, REPEAT, TEST, Screened, on_left

_A, _TIE = WINNERS.index("a"), WINNERS.index("tie")


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """How often each subject chose the left picture, of answers whose sides are known."""

    left: IntArray
    answers: IntArray
    p: FloatArray
    verdicts: list[Verdict]


@dataclass(frozen=True, slots=True, eq=False)
class Consistency:
    """Each subject's complete blocks: how many, their circular triads together, and the mean of their zeta."""

    blocks: IntArray
    triads: IntArray
    zeta: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """Everything, one entry for each name among the answers' subjects."""

    votes: FloatArray
    slopes: Slopes
    likelihoods: Likelihoods
    sides: Sides
    repeats: Repeats
    times: AnswerTimes
    consistency: Consistency
    blocks: dict[str, tuple[Blocks, ...]]  # of each task, counted votes alone
    catch: list[tuple[SessionCatch, ...]]


def measures(who: Screened, prior: float, rule: CatchRule | None, ties: bool) -> Measures:
    """What the answers say; under a prior of 0 the screening keeps the usual one, or scenes would have no scores."""
    subjects, weight, difference, share = [], [], [], []
    for task in who.tasks:
        mine = task.columns.subject
        assert mine is not None
        held = task.counted | ~who.counts[mine]
        told = differences(task.columns, task.counted, prior=prior or DEFAULT_PRIOR)
        subjects.append(mine[held])
        weight.append(task.columns.weight[held])
        difference.append(told[held])
        share.append(task.columns.share[held])
    of = np.concatenate(subjects) if subjects else np.zeros(0, dtype=np.int64)
    weights, told, shares = (np.concatenate([*parts, np.zeros(0)]) for parts in (weight, difference, share))
    blocks = {task.task: complete_blocks(task.columns.where(task.counted)) for task in who.tasks}
    return Measures(
        votes=np.asarray(np.bincount(of, weights, len(who.subjects)), dtype=np.float64),
        slopes=slopes(told, shares, weights, of, counts=who.counts),
        likelihoods=likelihoods(expit(told), shares, weights, of, counts=who.counts),
        sides=_sides(who),
        repeats=_repeats(who, 1 / 3 if ties else 1 / 2),
        times=_times(who),
        consistency=_consistency(blocks, len(who.subjects)),
        blocks=blocks,
        catch=_catch(who, rule, ties),
    )


def _sides(who: Screened) -> Sides:
    said, n = who.answers, len(who.subjects)
    rows = np.flatnonzero(who.rows & (said.kind == TEST) & (said.winner != _TIE) & (said.a_on_left != UNKNOWN))
    answers = np.bincount(who.subject[rows], minlength=n)
    left = np.bincount(who.subject[rows], on_left(said, rows), n).astype(np.int64)
    return Sides(left, answers, two_sided(left, answers), side_verdicts(left, answers))


def _repeats(who: Screened, chance: float) -> Repeats:
    """Repeats whose first answer is known, held against it."""
    said, n, chosen = who.answers, len(who.subjects), who.chosen()
    pair = np.unique(who.pair(), return_inverse=True)[1]
    key = who.subject * (int(pair.max(initial=0)) + 1) + pair
    first = np.flatnonzero(who.rows & (said.kind == TEST))
    again = np.flatnonzero(who.rows & (said.kind == REPEAT))
    known, at = np.unique(key[first], return_index=True)
    place = np.searchsorted(known, key[again]).clip(max=max(len(known) - 1, 0))
    both = known[place] == key[again] if len(known) else np.zeros(len(again), dtype=np.bool_)
    again, before = again[both], first[at[place[both]]]
    asked = np.bincount(who.subject[again], minlength=n)
    agreed = np.bincount(who.subject[again], chosen[again] == chosen[before], n).astype(np.int64)
    return repeats(asked, agreed, counts=who.counts, chance=chance)


def _times(who: Screened) -> AnswerTimes:
    rows = np.flatnonzero(who.rows & (who.answers.kind == TEST))
    return answer_times(who.answers.elapsed_ms[rows], who.subject[rows], len(who.subjects))


def _consistency(blocks: dict[str, tuple[Blocks, ...]], subjects: int) -> Consistency:
    number, triads, coefficients = (np.zeros(subjects) for _ in range(3))
    for one in (scene for task in blocks.values() for scene in task):
        np.add.at(number, one.subject, 1)
        np.add.at(triads, one.subject, circular_triads(one.wins))
        np.add.at(coefficients, one.subject, zeta(one.wins))
    return Consistency(
        number.astype(np.int64), triads.astype(np.int64), coefficients / np.maximum(number, 1)
    )  # fmt: skip


def _catch(who: Screened, rule: CatchRule | None, ties: bool) -> list[tuple[SessionCatch, ...]]:
    """The catch trials of each subject, session by session; a file without sessions has one for each subject."""
    said = who.answers
    rows = np.flatnonzero(who.rows & (said.kind == CATCH))
    found: list[list[SessionCatch]] = [[] for _ in who.subjects]
    _, first, at = np.unique(who.sitting[rows], return_index=True, return_inverse=True)
    seen, right = np.bincount(at), np.bincount(at, said.winner[rows] == _A).astype(np.int64)
    luck = at_least(right, seen, 1 / 3 if ties else 1 / 2)
    for row, asked, done, p in zip(rows[first].tolist(), seen.tolist(), right.tolist(), luck.tolist(), strict=True):
        session = "" if said.session is None or said.sessions is None else said.sessions[said.session[row]]
        allowed = (rule or usual_rule(asked)).allowed
        found[who.subject[row]].append(
            SessionCatch(session, asked, asked - done, p, allowed, bool(who.excluded[row]))
        )  # fmt: skip
    return [tuple(one) for one in found]


def flagged_catch(sessions: tuple[SessionCatch, ...]) -> bool:
    """Whether a subject fails the rule in any session that they are screened by."""
    return any(not one.passed for one in sessions)
