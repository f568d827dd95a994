"""What the environment says: the settings, and what is wrong with them; every command comes through here."""

import os
import sys
from collections.abc import Mapping
from difflib import get_close_matches

from pydantic import ValidationError

from app import log
from app.errors import BadInput
from app.settings import PREFIX, Settings

_NO_SETTINGS = frozenset({"REPORT_FD"})  # a worker tells it to the processes that it starts


class BadSettings(BadInput):
    """An environment variable says something impossible."""

    def __init__(self, error: ValidationError) -> None:
        wrong = [_fault(fault["loc"], fault["type"], fault["msg"]) for fault in error.errors(include_input=False)]
        super().__init__(f"These settings cannot be used: {'; '.join(wrong)}.", "correct them in the environment")


def read_settings() -> Settings:
    """The settings that the environment holds, with logs as they say."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise BadSettings(error) from None
    log.configure(settings.log_form, settings.log_level)
    return settings


def unknown_names(environment: Mapping[str, str]) -> list[str]:
    """One sentence for each variable that looks like a setting and is none, with the name that was probably meant."""
    known = {name.upper() for name in Settings.model_fields}
    told = list[str]()
    for name in sorted(environment):
        short = name.upper().removeprefix(PREFIX)
        if name.upper().startswith(PREFIX) and short not in known | _NO_SETTINGS:
            close = get_close_matches(short, known, n=1)
            meant = f"did you mean {PREFIX}{close[0]}?" if close else "docs/settings.md lists those that there are."
            told.append(f"There is no setting {name}, so it changes nothing: {meant}")
    return told


def warn_of_unknown_names() -> None:
    """The sentences about unknown names on stderr: a slip of the pen would otherwise be silently a default."""
    for sentence in unknown_names(os.environ):
        sys.stderr.write(f"{sentence}\n")


def _fault(where: tuple[int | str, ...], kind: str, told: str) -> str:
    name = f"{PREFIX}{'.'.join(map(str, where)).upper()}"
    if kind == "value_error":  # ours: a sentence that begins with the name, unless it is about several
        said = told.removeprefix("Value error, ")
        return f"{name} {said}" if where else said
    return f"{name} ({told[:1].lower()}{told[1:]})"
