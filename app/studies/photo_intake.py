"""Takes photographs into a set as pages, scripts and commands ask for it: one turn at a time, all of them or none."""

from dataclasses import dataclass

from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor
from app.errors import BadInput
from app.jobs.photo_files import FolderOfPhotographs, chosen
from app.jobs.photograph_sets import PhotographSet
from app.jobs.photographs import TEST_SHARE, add_photographs
from app.media import Media
from app.studies.turns import INGESTS


class BadShare(BadInput):
    """The share of photographs to judge on is no share."""

    def __init__(self, share: float) -> None:
        super().__init__(f"{share:g} is no share of photographs to judge on", "choose between 0.01 and 0.99")


@dataclass(frozen=True, slots=True)
class Intake:
    """What is said about photographs that come in."""

    set_name: str
    licence: str = ""
    source: str = ""
    share: float = TEST_SHARE  # of those that are judged on, chosen by their content; not looked at where ``test`` is
    test: tuple[str, ...] | None = None  # names or patterns of those that are judged on


def take_in(
    database: Database, media: Media, given: FolderOfPhotographs, wish: Intake, *, by: Actor = AT_THE_MACHINE
) -> PhotographSet:
    """The set with these photographs in it.

    Raises
    ------
    BadPhotographs, SetRemoved, BadShare, TooManyIngests
        Nothing has come in.
    """
    if not 0.01 <= wish.share <= 0.99:
        raise BadShare(wish.share)
    test = None if wish.test is None else chosen(wish.test, [file.name for file in given.files])
    with INGESTS.take():
        return add_photographs(
            database, media, wish.set_name.strip(), given.files, test=test, test_share=wish.share,
            licence=wish.licence.strip(), source=wish.source.strip(), by=by,
        )  # fmt: skip
