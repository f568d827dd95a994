"""The studies of a laboratory: one that is open and half way through, and others in every state."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from app.clock import now
from app.db import Database
from app.db.models import Pair, Role, Session, Side, Stimulus, StimulusRole, Trial
from app.media import Media
from app.sessions import checks, enrol, invitations, links, progress, votes
from app.settings import Settings
from app.studies import copies, members, moves, service, stimuli
from app.studies.protocol import Protocol
from app.web import account_invitations, login, tokens
from app.web.tokens import Scope
from tests.actors import somebody

TITLE = "Which objective restores photographs best?"
PROTOCOL = Protocol(
    trials_per_session=60, block_size=20, catch_trials=6, practice_trials=3, target_sessions=30, judgements_per_pair=5,
    repeat_percent=10, plan_interim=True, questionnaire=(), display_gate="off", public_quota=40,
)  # fmt: skip
OTHERS = {  # by their states
    "pilot": "The same pictures on a larger screen",
    "paused": "The same pictures, with the reference held back",
    "closed": "First round, four subjects of the laboratory",
    "archived": "A rehearsal of the protocol",
}


@dataclass(frozen=True, slots=True)
class Crowd:
    """Subjects who answer as Bradley and Terry say, except those who do not look."""

    database: Database
    secret: bytes
    liked: Mapping[str, float]  # logits, by condition

    def sit(self, token: str, number: int, share: float = 1, attentive: bool = True) -> None:
        """The session behind the link is answered up to that share of its trials."""
        rng = np.random.default_rng(number)
        session = enrol.begin(self.database, self.secret, token)
        progress.consent(self.database, session, progress.view(self.database, session).consent_hash)
        planned, given, pace = progress.view(self.database, session).planned, 0, rng.lognormal(8.3, 0.25)
        most = share * planned if share < 1 else float("inf")  # practice is answered besides what is planned
        while given < most:
            progress.start_block(self.database, session)
            found = progress.open_trials(self.database, session)
            if not found:
                break
            for trial in found:
                if given >= most:
                    break
                left = self._left(trial.token) if attentive else 0.0
                side = Side.LEFT if rng.random() < 1 / (1 + np.exp(-left)) else Side.RIGHT
                took = int(pace * rng.lognormal(0, 0.4)) if attentive else int(rng.uniform(150, 420))
                votes.record_vote(self.database, session, trial.token, votes.Answer(side, took))
                given += 1

    def _left(self, trial: str) -> float:
        """By how much the left picture is liked more, in logits."""
        a, b = aliased(Stimulus), aliased(Stimulus)
        with self.database.read() as db:
            on_left, first, second, role_a, role_b = db.execute(
                select(Trial.a_on_left, a.condition, b.condition, a.role, b.role)
                .join(Pair, Pair.id == Trial.pair_id)
                .join(a, a.id == Pair.a_id)
                .join(b, b.id == Pair.b_id)
                .where(Trial.token == trial)
            ).one()
        gap = self._worth(first, role_a) - self._worth(second, role_b)
        return gap if on_left else -gap

    def _worth(self, condition: str, role: StimulusRole) -> float:
        return {StimulusRole.REFERENCE: 6.0, StimulusRole.DEGRADED: -6.0}.get(role) or self.liked[condition]


def colleagues(database: Database, name: str) -> None:
    """Accounts with different rights besides that of ``name``, a token of hers, and two who were invited."""
    for colleague, rights in {
        "ada": {"creates": True},
        "marlene": {"creates": True, "launches": True},
        "rosa": {},
    }.items():
        login.create_account(
            database, colleague, None, operates=False, **{"creates": False, "launches": False} | rights
        )
    tokens.make(database, name, "nightly export", [Scope.STUDIES_READ, Scope.RESULTS_READ], days=90)
    account_invitations.make(database, "Kim, second supervisor", creates=True)


def half_way(
    settings: Settings,
    database: Database,
    media: Media,
    renderings: list[int],
    liked: Mapping[str, float],
    name: str,
    subjects: int = 24,
) -> int:
    """The number of an open study of these renderings: most sessions are complete, some are excluded or under way."""
    study = service.create(database, TITLE, PROTOCOL, seed=7)
    stimuli.add_renderings(database, study, renderings)
    members.give(database, study, name, Role.OWNER)
    members.give(database, study, "ada", Role.EXPERIMENTER)
    members.give(database, study, "rosa", Role.ANALYST)
    account_invitations.make(database, "Lou, statistics", study_id=study, role=Role.ANALYST)
    moves.open_study(database, media, study)
    crowd, secret = Crowd(database, settings.secret(), liked), settings.secret()
    invited = invitations.invite(database, secret, study, [f"lab-{number:02}" for number in range(1, subjects - 3)])
    public = links.public_token(database, secret, study)
    for number in range(1, subjects + 1):
        token = invited[number - 1].token if number <= len(invited) - 2 else public
        share = {3: 0.4, subjects - 1: 0.7, subjects: 0.2}.get(number, 1)
        crowd.sit(token, number, share, attentive=number not in (7, 15))
    with database.read() as db:
        fifth = db.scalars(select(Session.id).where(Session.study_id == study).order_by(Session.id)).all()[4]
    checks.exclude(database, fifth, "watched a film beside it, as they told afterwards", somebody(name))
    _spread(database, study)
    return study


def _spread(database: Database, study: int) -> None:
    """Sessions lie days apart: the monitor says when somebody was last seen."""
    with database.write() as db:
        numbers = db.scalars(select(Session.id).where(Session.study_id == study).order_by(Session.id.desc())).all()
        for ago, number in enumerate(numbers):
            seen = now() - timedelta(hours=7 * ago, minutes=2)
            db.execute(update(Session).where(Session.id == number).values(last_seen_at=seen))


def others(database: Database, media: Media, renderings: list[int], study: int, name: str) -> dict[str, int]:
    """Further studies by their state, of these renderings: a draft, a pilot, and two that are over."""
    found = {"draft": copies.duplicate(database, study)}
    members.give(database, found["draft"], name, Role.OWNER)
    for state, title in OTHERS.items():
        number = service.create(database, title, PROTOCOL.model_copy(update={"practice_trials": 0}), seed=8)
        stimuli.add_renderings(database, number, renderings)
        if state == "pilot":
            moves.start_pilot(database, media, number)
        else:
            moves.open_study(database, media, number)
        if state == "paused":
            moves.pause(database, number)
        if state in ("closed", "archived"):
            moves.close(database, number)
        if state == "archived":
            moves.archive(database, number)
        found[state] = number
    return found
