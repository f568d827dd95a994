"""Structured logs: lines for a person in a terminal, JSON for a machine."""

import logging
import sys
from typing import Literal

import structlog


def configure(form: Literal["console", "json"] = "console", level: str = "INFO") -> None:
    """Logs go to standard error in the given form; called once by each command, never at import."""
    renderer: structlog.typing.Processor
    renderer = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            exception_formatter=structlog.dev.plain_traceback,  # the rich one prints local variables, tokens included
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # today's, not the one that stood here at start
        cache_logger_on_first_use=False,
    )


def logger(room: str) -> structlog.typing.FilteringBoundLogger:
    """A logger that says which room speaks."""
    bound: structlog.typing.FilteringBoundLogger = structlog.get_logger().bind(room=room)
    return bound
