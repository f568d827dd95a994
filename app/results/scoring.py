"""A task's scores and tests under the chosen options; every part of the results asks here, so that all agree."""

import numpy as np

from app.analysis.aligned_scores import aligned_scores
from app.analysis.alignment import Incomplete
from app.analysis.arrays import FloatArray
from app.analysis.clustered import Spreads
from app.analysis.davidson import Ties
from app.analysis.intervals import Interval
from app.analysis.scores import TaskScores, task_scores
from app.analysis.significance import ENOUGH_SCENES, ENOUGH_VOTES, PairedTests, paired_tests
from app.analysis.vote_columns import VoteColumns
from app.results.judgements import TaskTally
from app.results.options import ReportOptions


def scored(tally: TaskTally, options: ReportOptions) -> TaskScores:
    """The scores; raises ``NothingToScore``."""
    return _scored(tally.columns, tally.wins, options)


def scored_votes(votes: VoteColumns, options: ReportOptions) -> TaskScores:
    """The same from some of the votes; raises ``NothingToScore``."""
    return _scored(votes, votes.wins(), options)


def _scored(votes: VoteColumns, wins: FloatArray, options: ReportOptions) -> TaskScores:
    tied = votes.ties() if options.ties is Ties.DAVIDSON else None
    rule = aligned_scores if options.incomplete is Incomplete.ALIGN else task_scores
    return rule(wins, votes.scenes, votes.conditions, prior=options.prior, tied=tied, anchor=options.anchor)


def tested(scores: TaskScores, spreads: Spreads) -> PairedTests:
    """The tests over at least three scenes; where votes or scenes are few, with the floor of their standard errors."""
    few = len(scores.scenes) < ENOUGH_SCENES or votes_per_pair(scores) < ENOUGH_VOTES
    return paired_tests(
        scores.by_scene,
        least=spreads.differences(Interval.FISHER)[0] if few else None,
        two_way=spreads.differences(Interval.TWO_WAY) if Interval.TWO_WAY in spreads.kinds else None,
    )


def votes_per_pair(scores: TaskScores) -> float:
    """Votes on each pair that a scene holds, on average over the scenes that take part."""
    held = np.full(scores.by_scene.shape, True) if scores.held is None else scores.held
    of = held.sum(axis=1)
    return float(scores.wins.sum() / (of * (of - 1) / 2).sum())
