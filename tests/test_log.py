"""What the log says, and what it keeps to itself."""

import io
import sys
from typing import Literal

import pytest

from app import log


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_in_the_log_shows_lines_and_no_values(
    form: Literal["console", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(token: str) -> None:
        raise LookupError("nothing there")

    log.configure(form)
    try:
        answer("-".join(("hush", "hush")))
    except LookupError:
        log.logger("web").exception("unexpected")
    told = capsys.readouterr().err
    assert "LookupError: nothing there" in told
    assert "in answer" in told
    assert "hush-hush" not in told


def test_lines_go_to_the_stderr_of_the_moment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log.configure("json")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(sys, "stderr", io.StringIO())
        log.configure("json")
    log.logger("jobs").info("still heard")
    assert "still heard" in capsys.readouterr().err
