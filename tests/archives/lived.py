"""A study with everything that a study can have, and what of two studies must be equal."""

from collections.abc import Callable
from pathlib import Path

from app.clock import now
from app.db import Database
from app.db.audit import Actor
from app.db.models import Check, MeasureForm, Service, Side, Through
from app.media import Media
from app.results import peeks
from app.results.columns import TABLES
from app.results.csv_lines import csv_lines
from app.results.report import report
from app.results.report_rows import REPORT_ROWS
from app.results.vote_rows import vote_rows
from app.sessions import checks, enrol, links, progress, questionnaire, screening, traces, votes, withdrawal
from app.sessions.external import Sender
from app.sessions.sitting import Stage
from app.studies import inventory, measured, moves, service, stimuli
from app.studies.protocol import Protocol
from app.studies.wording import QUESTIONNAIRE
from tests.actors import somebody
from tests.sessions.planted import SECRET, Truth, careless, honest, session_id, truth
from tests.web import small_study

ADA = Actor(None, "ada", Through.CLI)
SAID = {"age": "34", "sex": "other", "vision": "not well", "expertise": "in a study"}
SCREEN = votes.Screen(1.25, 600, 400, True, "p3", "standard")
PROTOCOL = Protocol(**small_study.PROTOCOL | {"questionnaire": QUESTIONNAIRE, "allow_tie": True, "repeat_percent": 20})
REPORTED = ("rankings", "scores_by_scene", "significance")


def create(database: Database, media: Media, pictures: Path) -> int:
    """The number of a closed study of six sessions, each of which went another way."""
    number = service.create(database, "A small study", PROTOCOL, seed=7)
    fill(database, media, pictures, number)
    return number


def fill(database: Database, media: Media, pictures: Path, number: int) -> None:
    """The draft gets pictures, is opened, sat through and closed."""
    stimuli.ingest_folder(database, media, number, pictures)
    moves.open_study(database, media, number)
    _measured(database, number)
    tokens = [_join(database, number, n) for n in range(6)]
    for n, token in enumerate(tokens):
        _play(database, token, careless if n == 1 else honest, most=4 if n == 3 else 99)
    of = [session_id(database, token) for token in tokens]
    checks.exclude(database, of[2], "=HYPERLINK(1) <b>slept</b>", somebody("ada"))
    checks.readmit(database, of[2], "A mistake.", somebody("ada"))
    checks.exclude(database, of[4], "Did not sit still.", somebody("ada"))
    with database.write() as db:
        for session in (of[0], of[5]):
            screening.record(db, session, Check.CARD, True, {"px_per_mm": 4.25, "again": None}, now())
    withdrawal.withdraw(database, tokens[5])
    peeks.write_down(database, number, 31, ADA)
    moves.close(database, number)
    peeks.write_down(database, number, 33, ADA)  # after the end, so that it is nobody's deviation


def taken_away(database: Database, study: int) -> dict[str, list[str]]:
    """The tables of the study's results, without the numbers of sessions."""
    found = report(database, study)
    said = {
        name: list(csv_lines([column.name for column in TABLES[name]], REPORT_ROWS[name](found))) for name in REPORTED
    }
    at = [column.name for column in TABLES["votes"]].index("session")
    rows = [[*row[:at], *row[at + 1 :]] for row in vote_rows(database, study)]
    return said | {"votes": list(csv_lines(["votes"], rows))}


def _join(database: Database, study: int, n: int) -> str:
    sender = Sender(Service.PROLIFIC, f"prolific{n}", {"STUDY_ID": "s", "SESSION_ID": f"t{n}"}) if n % 2 else None
    token = enrol.begin(database, SECRET, links.public_token(database, SECRET, study), sender=sender)
    progress.consent(database, token, progress.view(database, token).consent_hash)
    questionnaire.answer(database, token, SAID)
    return token


def _play(database: Database, token: str, choose: Callable[[Truth], Side], most: int) -> None:
    given = 0
    while progress.view(database, token).stage is not Stage.END and given < most:
        progress.start_block(database, token)
        traces.record(database, token, f"batch-{given}-{token[:12]}", [{"what": "zoom", "scale": 1.5}])
        for trial in progress.open_trials(database, token):
            if given < most:
                side = Side.TIE if given == 7 else choose(truth(database, trial.token))
                votes.record_vote(database, token, trial.token, votes.Answer(side, 900 + given, SCREEN))
                given += 1


def _measured(database: Database, study: int) -> None:
    stock = inventory.read(database, study)
    values = {
        (shown.digest, task.pictures[scene, "reference"].digest, "lab's own", MeasureForm.RGB): place / 7
        for task in stock
        for place, ((scene, condition), shown) in enumerate(sorted(task.pictures.items()))
        if condition not in ("reference", "degraded")
    }
    source = measured.Source("values.csv", "ab" * 32)
    measured.keep(database, values, source, higher_is_better={"lab's own": False})
