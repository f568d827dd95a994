"""Reports on their way from a process to the table."""

from app.jobs.contract import Progress
from app.jobs.reports import Reports

Written = list[tuple[int, list[tuple[int, float]]]]


def line(step: int, total: int = 10, loss: float | None = 0.5) -> str:
    return Progress(step=step, total=total, loss=loss).model_dump_json() + "\n"


def follow(lines: list[str], write_seconds: float) -> Written:
    written: Written = []
    Reports(lines, lambda latest, points: written.append((latest.step, points)), write_seconds).follow()
    return written


def test_reports_in_quick_succession_are_one_write_and_the_last_is_always_written() -> None:
    written = follow([line(step) for step in range(1, 11)], write_seconds=3600)
    assert [step for step, _ in written] == [1, 10]
    assert [point for _, points in written for point, _ in points] == list(range(1, 11)), "no point was lost"


def test_a_line_cut_off_by_the_death_of_its_process_is_passed_over() -> None:
    reports = Reports([line(7), '{"step": 8, "to'], lambda *_: None)
    reports.follow()
    assert reports.step == 7


def test_a_long_curve_is_thinned_to_what_a_screen_can_show() -> None:
    written = follow([line(step, total=100_000) for step in range(100_001)], write_seconds=0)
    points = [step for _, points in written for step, _ in points]
    assert 400 < len(points) <= 502
    assert points[-1] == 100_000


def test_reports_without_a_loss_draw_no_curve() -> None:
    assert follow([line(1, loss=None), line(2, loss=None)], write_seconds=0) == [(1, []), (2, [])]


def test_the_pace_is_that_between_the_first_report_and_the_last_where_enough_steps_lie_between() -> None:
    short, long = (Reports([line(step, 100) for step in steps], lambda *_: None) for steps in ((1, 20), (1, 40, 100)))
    for reports in (short, long):
        reports.follow()
    assert short.step_ms is None
    assert long.step_ms is not None
    assert 0 < long.step_ms < 1000
