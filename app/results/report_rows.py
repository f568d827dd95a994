"""The rows of every table of a report; ``export`` writes them as CSV, ``parquet`` with their types."""

from collections.abc import Callable, Sequence

from app.results.agreement_rows import agreement_rows, measure_rows, rank_matrix_rows, twoafc_rows
from app.results.certainty import Resampled
from app.results.csv_lines import Cells
from app.results.report import StudyReport
from app.results.subject_tables import screening_rows, subject_agreement_rows, subject_rows
from app.results.task_report import TaskReport
from app.results.wins import win_matrix

NEED_SUBJECTS = ("subjects", "subject_agreement", "screening", "planning")  # left out where nobody says who answered


def _rankings(report: StudyReport) -> Cells:
    options, deviations = report.options, "; ".join(report.deviations)
    for task in report.tasks:
        again = _resampled(report, task)
        for place, row in enumerate(task.rows):
            yield (
                task.task, row.rank, row.condition, row.score, row.low, row.high, row.stderr,
                *((None,) * 3 if row.low is None else (options.level, task.interval, task.generalises_to)),
                row.letters,
                *((again.rank_low[place], again.rank_high[place], again.p_best[place]) if again else (None,) * 3),
                row.wins, row.votes, task.scenes, task.subjects, options.alpha, options.correction.value,
                options.prior, task.counted, task.excluded_counted, options.without_flagged,
                row.jod, row.position, task.nu, deviations,
            )  # fmt: skip


def _scores_by_scene(report: StudyReport) -> Cells:
    for task in report.tasks:
        for row in task.scene_rows:
            yield (
                task.task, row.scene, row.condition, row.score, row.stderr, row.wins, row.votes, row.left_out,
                row.component,
            )  # fmt: skip


def _significance(report: StudyReport) -> Cells:
    options = report.options
    for task in report.tasks:
        again, places = _resampled(report, task), {row.condition: place for place, row in enumerate(task.rows)}
        for row in task.pair_rows:
            beats = again.p_beats[places[row.condition_a]][places[row.condition_b]] if again else None
            yield (
                task.task, row.condition_a, row.condition_b, row.difference, row.t, row.df, row.p, row.p_holm,
                row.p_bh, row.p_wilcoxon, row.p_wilcoxon_holm, row.p_wilcoxon_bh, row.p_two_way, row.p_two_way_holm,
                row.p_two_way_bh, beats, row.distinguishable, task.test.value, options.alpha,
                options.correction.value, task.scenes,
            )  # fmt: skip


def _fit(report: StudyReport) -> Cells:
    for found in report.certainty.values():
        fit = found.fit
        if fit is None:
            continue
        for scene, deviance, df, p, p_holm in zip(
            found.scores.scenes, fit.deviance, fit.df, fit.p, fit.p_holm, strict=True
        ):
            ps = (float(p), float(p_holm)) if df else (None, None)
            yield found.task, scene, float(deviance), int(df), *ps, fit.replicates, fit.seed
        yield found.task, None, fit.total, fit.total_df, fit.total_p, None, fit.replicates, fit.seed


def _resampled(report: StudyReport, task: TaskReport) -> Resampled | None:
    found = report.certainty.get(task.task)
    return found.resampled if found else None


def _intervals(report: StudyReport) -> Cells:
    for task in report.tasks:
        found, kinds = report.certainty.get(task.task), {row.kind for row in task.interval_rows}
        wide = {kind: dict(zip(found.conditions, found.at_once(kind), strict=True)) for kind in kinds} if found else {}
        for row in task.interval_rows:
            low, high = wide[row.kind][row.condition] or (None, None)
            yield (
                task.task, row.condition, row.kind.value, row.low, row.high, row.stderr, row.df, row.level, low, high,
                row.generalises_to,
            )  # fmt: skip


def _wins(report: StudyReport) -> Cells:
    for task in report.tasks:
        if task.rows:
            for row in win_matrix(report, task).rows():
                yield task.task, row.condition_a, row.condition_b, row.wins, row.votes, row.share, task.scenes


def _planning(report: StudyReport) -> Cells:
    for task in report.outlooks:
        for row in task.rows:
            yield (
                task.task, row.subjects, row.now, row.scenes, row.votes, row.half_width, task.level,
                row.of_subjects, row.of_scenes, row.of_votes, *row.detectable.values(), report.options.alpha,
            )  # fmt: skip


REPORT_ROWS: dict[str, Callable[[StudyReport], Cells]] = {
    "rankings": _rankings,
    "scores_by_scene": _scores_by_scene,
    "significance": _significance,
    "intervals": _intervals,
    "wins": _wins,
    "agreement": lambda report: agreement_rows(report.agreement),
    "rank_matrix": lambda report: rank_matrix_rows(report.agreement),
    "twoafc": lambda report: twoafc_rows(report.agreement),
    "measures": lambda report: measure_rows(report.held),
    "fit": _fit,
    "planning": _planning,
    "subjects": subject_rows,
    "subject_agreement": subject_agreement_rows,
    "screening": screening_rows,
}


def tables_of(report: StudyReport) -> Sequence[str]:
    """The names of the tables that the report has."""
    return [name for name in REPORT_ROWS if name not in NEED_SUBJECTS or report.subjects]
