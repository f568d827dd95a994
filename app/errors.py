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
them. A message says what was wrong, where, and what to do next.
"""


class AppError(Exception):
    """A rule of the experiment was broken; says so to a person."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


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
    """No such thing, or not for this person."""

    status = 404


class Conflict(AppError):
    """The request was right a moment ago; the state has moved on."""

    status = 409


class Gone(AppError):
    """It was there and has ended."""

    status = 410
