"""Personal links to be taken away: as a table, and as a sheet of cards; by the desk, the API and the command line."""

from collections.abc import Sequence
from enum import StrEnum

from app.db import Database
from app.errors import NotFound
from app.results.csv_lines import csv_lines
from app.sessions import invitations
from app.sessions.invitations import Invitation
from app.studies import service
from app.web.link_cards import CARDS_A_FILE, Card, Paper, link_sheet

COLUMNS = ("label", "state", "link")


class Whom(StrEnum):
    """Whose links are wanted."""

    ALL = "all"
    WAITING = "waiting"  # who has not begun


class NoCards(NotFound):
    """There is nobody to make a card for."""

    def __init__(self) -> None:
        super().__init__(
            "Nobody who is invited belongs on this sheet", "invite subjects by their labels first, or ask for all"
        )


def wanted(database: Database, secret: bytes, study_id: int, whom: Whom) -> list[Invitation]:
    """Who was invited by a label; raises ``StudyNotFound``."""
    service.get(database, study_id)
    found = [one for one in invitations.invitations(database, secret, study_id) if one.invited]
    return [one for one in found if whom is Whom.ALL or not one.started]


def links_csv(invited: Sequence[Invitation], base: str) -> str:
    """The links as CSV, a line each; no label runs in a spreadsheet."""
    return "".join(csv_lines(COLUMNS, ((one.label, one.state, f"{base}/p/{one.token}") for one in invited)))


def sheets(invited: Sequence[Invitation]) -> int:
    """Into how many files the cards go."""
    return -(-len(invited) // CARDS_A_FILE)


def links_pdf(
    database: Database, study_id: int, invited: Sequence[Invitation], base: str, paper: Paper, part: int = 1
) -> bytes:
    """The cards of one file, counted from 1; raises ``NoCards`` where there are none."""
    study, first = service.get(database, study_id), (part - 1) * CARDS_A_FILE
    cards = [Card(one.label, f"{base}/p/{one.token}") for one in invited[first : first + CARDS_A_FILE]]
    if not cards:
        raise NoCards
    return link_sheet(study.title, study.protocol, cards, paper, first=first + 1)
