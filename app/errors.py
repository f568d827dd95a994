"""What can be wrong, each with an HTTP status and a sentence for a person.

::

    AppError                    400  a rule of the experiment was broken
    ├── BadInput                422  what came in cannot be used as it is
    ├── NotSignedIn             401  the desk asks for a login
    ├── Forbidden               403  known, but not allowed
    ├── NotFound                404  no such thing, or not for this person
    ├── Conflict                409  true a moment ago, no longer
    └── Gone                    410  it was there and has ended

A rule raises a subclass named after itself, defined beside the rule; one handler in ``web`` and one in ``cli`` render
them. An error says what was wrong and where (``detail``) and what to do next (``fix``). The class's name is what
scripts hold on to (``kind``): renaming one is a change of the API. docs/errors.md lists them all.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any


class AppError(Exception):
    """A rule of the experiment was broken."""

    status = 400
    headers: Mapping[str, str] = MappingProxyType({})  # what an HTTP reply must say besides

    def __init__(self, detail: str, fix: str = "") -> None:
        self.detail = detail
        self.fix = _sentence(fix)
        self.message = _joined(detail, fix)
        super().__init__(self.message)

    @classmethod
    def kind(cls) -> str:
        """The name that scripts know the error by: ``StudyClosed`` is ``study-closed``."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", cls.__name__).lower()

    @classmethod
    def title(cls) -> str:
        """What errors of this kind have in common, in one sentence that never changes with the case at hand."""
        return (cls.__doc__ or "").strip().splitlines()[0]

    def extras(self) -> dict[str, Any]:
        """What programs are told besides the sentences, by name; nothing, unless a kind of error says more."""
        return {}


def _joined(detail: str, fix: str) -> str:
    if not fix:
        return detail
    if "\n" in detail:  # a list: what to do stands below it
        return f"{detail}\n{_sentence(fix)}"
    return f"{detail} {_sentence(fix)}" if detail.endswith((".", "!", "?", "…")) else f"{detail}: {fix.rstrip('.')}."


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:].rstrip('.')}." if text else ""


class BadInput(AppError):
    """What came in cannot be used as it is."""

    status = 422


class NotSignedIn(AppError):
    """The desk asks for a login."""

    status = 401


class Forbidden(AppError):
    """The person is known, but not allowed to do this."""

    status = 403


class NotFound(AppError):
    """There is no such thing, or not for this person."""

    status = 404


class Conflict(AppError):
    """The request was right a moment ago, and the state has moved on."""

    status = 409


class Gone(AppError):
    """It was there and has ended."""

    status = 410
