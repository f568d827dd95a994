"""The tables of a report as CSV, one stream of lines each, and all of them as files."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from app.results.agreement_rows import agreement_rows, measure_rows, rank_matrix_rows, twoafc_rows
from app.results.cells import Cell, as_written
from app.results.certainty import Resampled
from app.results.columns import TABLES
from app.results.report import StudyReport
from app.results.session_rows import SessionTable
from app.results.staging import staged
from app.results.subject_tables import screening_rows, subject_agreement_rows, subject_rows
from app.results.task_report import TaskReport
from app.results.wins import win_matrix

Cells = Iterable[tuple[Cell, ...]]


def rankings_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``rankings.csv``: one for each condition of each task, best first."""
    return _lines("rankings", _rankings(report))


def scores_by_scene_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``scores_by_scene.csv``: one for each condition and scene."""
    return _lines("scores_by_scene", _scores_by_scene(report))


def significance_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``significance.csv``: one for each pair of conditions of each task that was tested."""
    return _lines("significance", _significance(report))


def intervals_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``intervals.csv``: one for each condition and kind of interval."""
    return _lines("intervals", _intervals(report))


def wins_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``wins.csv``: one for each ordered pair of conditions of each ranked task."""
    return _lines("wins", _wins(report))


def agreement_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``agreement.csv``: one for each measure of each task that has values."""
    return _lines("agreement", agreement_rows(report.agreement))


def rank_matrix_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``rank_matrix.csv``: one for each condition and measure of each task."""
    return _lines("rank_matrix", rank_matrix_rows(report.agreement))


def twoafc_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``twoafc.csv``: one for each measure and for people, over all tasks and in each."""
    return _lines("twoafc", twoafc_rows(report.agreement))


def measures_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``measures.csv``: the values that these tables are made of."""
    return _lines("measures", measure_rows(report.held))


def fit_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``fit.csv``: one for each scene, and one for each task as a whole."""
    return _lines("fit", _fit(report))


def planning_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``planning.csv``: one for each task and number of subjects."""
    return _lines("planning", _planning(report))


def votes_csv(rows: Cells) -> Iterator[str]:
    """The lines of ``votes.csv``, from ``vote_rows``."""
    return _lines("votes", rows)


def sessions_csv(table: SessionTable) -> Iterator[str]:
    """The lines of ``sessions.csv``, with a column for each question of the study's questionnaire."""
    return _lines(
        "sessions", (row.cells(table.fields) for row in table.rows), [f"q_{one.name}" for one in table.fields]
    )


def subjects_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``subjects.csv``: one for each subject."""
    return _lines("subjects", subject_rows(report))


def subject_agreement_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``subject_agreement.csv``: one for each task's split halves, one for each scene with Kendall's u."""
    return _lines("subject_agreement", subject_agreement_rows(report))


def screening_csv(report: StudyReport) -> Iterator[str]:
    """The lines of ``screening.csv``: one for each condition of each task, with and without excluded and proposed."""
    return _lines("screening", screening_rows(report))


REPORT_TABLES: dict[str, Callable[[StudyReport], Iterator[str]]] = {
    "rankings": rankings_csv,
    "scores_by_scene": scores_by_scene_csv,
    "significance": significance_csv,
    "intervals": intervals_csv,
    "wins": wins_csv,
    "fit": fit_csv,
    "agreement": agreement_csv,
    "rank_matrix": rank_matrix_csv,
    "twoafc": twoafc_csv,
    "measures": measures_csv,
    "planning": planning_csv,
    "subjects": subjects_csv,
    "subject_agreement": subject_agreement_csv,
    "screening": screening_csv,
}
NEED_SUBJECTS = ("subjects", "subject_agreement", "screening")  # left out where nobody says who answered


def write_tables(report: StudyReport, votes: Cells | None, folder: Path) -> list[Path]:
    """The paths of the tables, written aside and then renamed; ``votes`` are the rows of ``votes.csv``, if wanted."""
    names = [name for name in REPORT_TABLES if name not in NEED_SUBJECTS or report.subjects]
    with staged(folder) as aside:
        for name in names:
            _write(aside / f"{name}.csv", REPORT_TABLES[name](report))
        if votes is not None:
            _write(aside / "votes.csv", votes_csv(votes))
    return [folder / f"{name}.csv" for name in (*names, *(["votes"] if votes is not None else []))]


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
                options.prior, task.counted, task.excluded_counted, deviations,
            )  # fmt: skip


def _scores_by_scene(report: StudyReport) -> Cells:
    for task in report.tasks:
        for row in task.scene_rows:
            yield task.task, row.scene, row.condition, row.score, row.stderr, row.wins, row.votes, row.left_out


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
        for scene, deviance, df, p, p_holm in zip(found.scenes, fit.deviance, fit.df, fit.p, fit.p_holm, strict=True):
            ps = (float(p), float(p_holm)) if df else (None, None)
            yield found.task, scene, float(deviance), int(df), *ps, fit.replicates, fit.seed
        yield found.task, None, fit.total, fit.total_df, fit.total_p, None, fit.replicates, fit.seed


def _resampled(report: StudyReport, task: TaskReport) -> Resampled | None:
    found = report.certainty.get(task.task)
    return found.resampled if found else None


def _intervals(report: StudyReport) -> Cells:
    for task in report.tasks:
        for row in task.interval_rows:
            yield (
                task.task, row.condition, row.kind.value, row.low, row.high, row.stderr, row.df, row.level,
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


def _write(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)


def _lines(table: str, rows: Cells, more: Iterable[str] = ()) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([*(column.name for column in TABLES[table]), *more])
    for row in rows:
        yield _taken(buffer)
        writer.writerow([as_written(cell) for cell in row])
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    line = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return line
