"""Every column of every table, described once; docs/data-dictionary.md repeats them, and a test compares both."""

from app.results.agreement_columns import AGREEMENT, MEASURES, RANK_MATRIX, TWOAFC
from app.results.column import Column
from app.results.fit_columns import FIT
from app.results.interval_columns import INTERVALS
from app.results.planning_columns import PLANNING
from app.results.ranking_columns import RANKINGS, SCORES_BY_SCENE, SIGNIFICANCE
from app.results.session_columns import SESSIONS
from app.results.subject_columns import SCREENING, SUBJECT_AGREEMENT, SUBJECTS
from app.results.vote_columns import VOTES
from app.results.win_columns import WINS

__all__ = ["TABLES", "Column"]

TABLES: dict[str, tuple[Column, ...]] = {
    "rankings": RANKINGS,
    "scores_by_scene": SCORES_BY_SCENE,
    "significance": SIGNIFICANCE,
    "intervals": INTERVALS,
    "wins": WINS,
    "fit": FIT,
    "agreement": AGREEMENT,
    "rank_matrix": RANK_MATRIX,
    "twoafc": TWOAFC,
    "measures": MEASURES,
    "planning": PLANNING,
    "subjects": SUBJECTS,
    "subject_agreement": SUBJECT_AGREEMENT,
    "screening": SCREENING,
    "votes": VOTES,
    "sessions": SESSIONS,
}
