"""The rows of the tables on subjects, in the order of their columns; empty where nobody says who answered."""

from collections.abc import Iterator

from app.results.cells import Cell
from app.results.report import StudyReport


def subject_rows(report: StudyReport) -> Iterator[tuple[Cell, ...]]:
    """The rows of ``subjects.csv``, one for each subject."""
    for row in report.subjects.rows if report.subjects else ():
        yield (
            row.subject, row.sessions, row.votes, row.catch_seen, row.catch_failed, row.catch_p, row.slope,
            row.stderr, row.low, row.high, row.likelihood, row.distance, row.left_share, row.left_p, row.side,
            row.repeats, row.agreed, row.repeats_p, row.blocks, row.triads, row.zeta, row.median_ms, row.fast_share,
            " ".join(row.flags), bool(row.proposed), row.excluded, row.rule,
        )  # fmt: skip


def subject_agreement_rows(report: StudyReport) -> Iterator[tuple[Cell, ...]]:
    """The rows of ``subject_agreement.csv``: split halves of each task, and Kendall's u of each scene that has it."""
    for task in report.subjects.agreements if report.subjects else ():
        if task.halves:
            half = task.halves
            yield (
                task.task, None, half.subjects, None, None, None, None, None, half.spearman, half.spearman_low,
                half.spearman_high, half.corrected, half.pearson, half.pearson_corrected, half.splits,
            )  # fmt: skip
        for scene in task.scenes:
            found = scene.agreement
            yield (
                task.task, scene.scene, found.subjects, found.u, found.least, found.chi2, found.df, found.p,
                *(None,) * 7,
            )  # fmt: skip


def screening_rows(report: StudyReport) -> Iterator[tuple[Cell, ...]]:
    """The rows of ``screening.csv``: each condition under each choice of subjects."""
    for task in report.subjects.effects if report.subjects else ():
        taus = [tau for *_, tau in task.tau]
        for condition, places in task.rows:
            cells = [cell for place in places for cell in ((place.rank, place.score) if place else (None, None))]
            yield (task.task, condition, *cells, *taus)
