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

# What each table holds, for the page that travels with them.
ABOUT: dict[str, str] = {
    "rankings": "The conditions of each task, best first, with intervals and letters.",
    "scores_by_scene": "The score of each condition in each scene.",
    "significance": "The paired test of every two conditions.",
    "intervals": "Every kind of interval of each score.",
    "wins": "How often each condition was preferred to each other one.",
    "fit": "Whether the Bradley-Terry model holds in each scene and task.",
    "agreement": "How far each measure ranks conditions as the subjects do.",
    "rank_matrix": "The rank of each condition by each measure.",
    "twoafc": "How often each measure agrees with a vote, and how often people do.",
    "measures": "The values of measures that were compared.",
    "planning": "What more subjects and scenes would bring.",
    "subjects": "What the votes say about each subject, and what is proposed.",
    "subject_agreement": "How far subjects agree with one another, by split halves and Kendall's u.",
    "screening": "The ranking with and without the excluded and the proposed.",
    "votes": "Every vote, with its weight in the ranking and the reason where that is 0.",
    "sessions": "Every session: how it ended, its screen, viewing conditions and questionnaire.",
}
