"""A running job is heard without being held up, and hears that it shall stop."""

import os
import signal
from collections.abc import Iterator

import pytest

from app.jobs.contract import Progress
from trainer.report import PipeReport, TerminalReport, report_from_environment, stoppable


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue  # the test closed it


def test_each_report_is_one_line_of_json(pipe: tuple[int, int]) -> None:
    read_end, write_end = pipe
    report = PipeReport(write_end)
    sent = [Progress(step=step, total=9, loss=0.5, steps_per_second=2.0) for step in (1, 2)]
    for progress in sent:
        report.progress(progress)
    lines = os.read(read_end, 4096).decode().splitlines()
    assert [Progress.model_validate_json(line) for line in lines] == sent


def test_a_worker_that_does_not_read_holds_nothing_up_and_gets_whole_lines(pipe: tuple[int, int]) -> None:
    read_end, write_end = pipe
    report = PipeReport(write_end)
    for step in range(5000):  # far more than a pipe holds
        report.progress(Progress(step=step, total=5000, loss=0.123456789))
    assert not report.stop_requested
    os.close(write_end)
    with os.fdopen(os.dup(read_end)) as lines:
        steps = [Progress.model_validate_json(line).step for line in lines]
    assert 0 < len(steps) < 5000
    assert steps == list(range(len(steps)))


def test_a_closed_pipe_asks_to_stop(pipe: tuple[int, int]) -> None:
    read_end, write_end = pipe
    report = PipeReport(write_end)
    os.close(read_end)
    report.progress(Progress(step=1, total=9))
    assert report.stop_requested


def test_reports_are_due_at_once_and_then_not_all_the_time(pipe: tuple[int, int]) -> None:
    report = PipeReport(pipe[1], every=3600)
    assert [report.due(), report.due()] == [True, False]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_to_stop_and_the_second_is_left_to_the_system(number: signal.Signals) -> None:
    report, before = TerminalReport(), signal.getsignal(number)
    with stoppable(report):
        signal.raise_signal(number)
        assert report.stop_requested
        assert signal.getsignal(number) is signal.SIG_DFL
    assert signal.getsignal(number) is before


def test_outside_a_terminal_progress_is_whole_lines(capsys: pytest.CaptureFixture[str]) -> None:
    report = TerminalReport()
    report.progress(Progress(step=5, total=10, loss=0.25, steps_per_second=3.21))
    report.progress(Progress(step=10, total=10))
    assert capsys.readouterr().err == " 5/10 · loss 0.25000 · 3.2 steps/s\n10/10\n"


def test_the_environment_says_where_reports_go(pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BEHOLDER_REPORT_FD", raising=False)
    assert isinstance(report_from_environment(), TerminalReport)
    monkeypatch.setenv("BEHOLDER_REPORT_FD", str(pipe[1]))
    assert isinstance(report_from_environment(), PipeReport)
