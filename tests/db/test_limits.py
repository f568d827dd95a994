"""Whatever may be said fits where it is kept: PostgreSQL refuses a longer text, SQLite never would."""

from annotated_types import MaxLen
from sqlalchemy import Enum, String, Text, inspect, select, update

from app.db import Database
from app.db.base import Base
from app.db.migrate import downgrade, migrate
from app.db.models import ExternalId, Outcome, Session, Study
from app.sessions import withdrawal
from app.sessions.enrol import begin
from app.sessions.external import read
from app.sessions.invitations import invite
from app.sessions.links import public_token
from app.sessions.progress import consent, view
from app.studies import service
from app.studies.protocol import Protocol
from tests.actors import somebody
from tests.sessions.planted import PLAIN, SECRET, careless, honest, play, session_id, study

# what is written there: by whom it is limited stands beside it, where it is not a digest or a token of ours
LONGEST = {
    "completion_code": 60,  # studies.protocol
    "participant": 128,  # sessions.external
    "label": 80,  # sessions.enrol
    "reason": 500,  # sessions.checks
    "decided_by": 80,  # an account's name: web.login
    "key": 40,  # web.subject.traces, and sessions.overtaken
    "locale": 16,  # sessions.enrol
    "gamut": 7,  # web.subject.trials
    "dynamic_range": 8,
    "rule": 9,  # sessions.exclusions
    "kind": 10,  # sessions.events
    "trouble": 500,  # studies.trouble
    "original_token": 43,  # archives.sitting_rows
    "link_key": 22,  # db.base
}
OURS = {"token", "event_head", "text_hash", "salt", "digest", "link", "protocol_hash"}
ELSEWHERE = {"studies.title", "stimuli.task", "stimuli.scene", "stimuli.condition", "stimuli.picture_digest",
             "pairs.task", "pairs.scene"}  # fmt: skip
TABLES = {"subjects", "external_ids", "sessions", "consents", "events", "exclusions", "trials", "showings", "votes",
          "studies", "stimuli", "pairs"}  # fmt: skip


def test_every_column_of_the_experiment_has_room_for_what_may_be_said(database: Database) -> None:
    inspected, small = inspect(database.engine), list[str]()
    for table in TABLES:
        for column in inspected.get_columns(table):
            kept = Base.metadata.tables[table].c[column["name"]].type
            if not isinstance(kept, String) or isinstance(kept, Enum | Text):
                continue
            where = f"{table}.{column['name']}"
            room = getattr(column["type"], "length", None)
            assert room == kept.length, where
            if where in ELSEWHERE or column["name"] in OURS:
                continue
            if LONGEST[column["name"]] > (room or 0):
                small.append(where)
    assert small == []


def test_the_longest_codes_that_a_protocol_may_have_end_a_session(database: Database) -> None:
    codes = {name: Protocol.model_fields[name] for name in Protocol.model_fields if name.endswith("_code")}
    most = {part.max_length for code in codes.values() for part in code.metadata if isinstance(part, MaxLen)}
    assert most == {LONGEST["completion_code"]}
    said = {name: f"{name[0].upper()}" * 60 for name in codes}
    small = {"trials_per_session": 2, "block_size": 2, "catch_trials": 1, "catch_failures_allowed": 0}
    number = study(database, Protocol(**small, practice_trials=0, **said, **PLAIN))
    for choose, code in ((honest, "C" * 60), (careless, "F" * 60)):
        sender = read({"PROLIFIC_PID": code[0] * 128, "STUDY_ID": "s" * 128, "SESSION_ID": "v" * 128})
        token = begin(database, SECRET, public_token(database, SECRET, number), sender=sender)
        consent(database, token, view(database, token).consent_hash)
        play(database, token, choose)
        assert view(database, token).completion_code == code


def test_a_long_code_is_cut_on_the_way_down_and_keeps_nobody_from_coming_up(database: Database) -> None:
    token = begin(database, SECRET, public_token(database, SECRET, study(database)))
    with database.write() as db:
        db.execute(update(Session).values(completion_code="C" * 60))
    downgrade(database, "0003")
    migrate(database)
    with database.read() as db:
        assert db.scalars(select(Session.completion_code).where(Session.token == token)).one() == "C" * 24


def test_the_longest_names_and_reasons_are_kept_whole(database: Database) -> None:
    number = study(database)
    (ada,) = invite(database, SECRET, number, ["ä" * 80])
    token = begin(database, SECRET, ada.token, locale="abc-Abcdef-Abcde")
    withdrawal.carry_out(database, number, session_id(database, token), "ä" * 80, "r" * 500, somebody("n" * 80))
    draft = service.create(database, "t" * 200, Protocol())
    with database.read() as db:
        assert db.scalars(select(Session.locale).where(Session.token == token)).one() == "abc-Abcdef-Abcde"
        assert db.scalars(select(Session.outcome)).one() is Outcome.WITHDRAWN
        assert db.scalars(select(Study.title).where(Study.id == draft)).one() == "t" * 200
        assert db.scalars(select(ExternalId)).all() == []
