"""Whose pictures are looked at next, and whose file is read: two at once, however many people bring some."""

from app.errors import AppError
from app.turns import Turns


class TooManyIngests(AppError):
    """Pictures of several others are being taken in at this moment."""

    status = 503

    def __init__(self) -> None:
        super().__init__("Other pictures are being taken in at this moment", "try again in a minute or two")
        self.headers = {"Retry-After": "60"}


class TooManyReadings(AppError):
    """Files of several others are being read at this moment."""

    status = 503

    def __init__(self) -> None:
        super().__init__("Files of others are being read at this moment", "try again in a minute")
        self.headers = {"Retry-After": "60"}


# A picture of 50 megapixels takes some 400 MB while it is looked at, and large sets take minutes.
INGESTS = Turns(at_once=2, waiting=2, patience=30.0, refusal=TooManyIngests)
# The longest study file takes two seconds of a processor, half a million values of measures some twenty.
READINGS = Turns(at_once=2, waiting=4, patience=30.0, refusal=TooManyReadings)
