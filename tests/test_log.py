"""What the log says, and what it keeps to itself."""

from collections.abc import Iterator
from typing import Literal

import pytest
import structlog

from app import log


@pytest.fixture(autouse=True)
def afterwards() -> Iterator[None]:
    yield
    structlog.reset_defaults()


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
