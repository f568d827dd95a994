"""Whether a session in an archive is what its log, its seals and its votes say, by the rules that ``doctor`` has."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.archives.design import Design
from app.archives.refusals import Wrong
from app.archives.sitting_rows import TrialRow
from app.archives.sittings import SittingRows
from app.db.models import (
    Consent,
    Event,
    Exclusion,
    PairKind,
    Screening,
    Session,
    Side,
    TrialKind,
    Vote,
)
from app.sessions import events, seals, vouching

_SLACK = timedelta(minutes=10)  # by which clocks may differ
_SHOWS = {  # which pairs the trials of a kind show
    TrialKind.TEST: {PairKind.TEST},
    TrialKind.REPEAT: {PairKind.TEST},
    TrialKind.CATCH: {PairKind.CATCH},
    TrialKind.PRACTICE: {PairKind.PRACTICE},
    TrialKind.DUMMY: {PairKind.PRACTICE, PairKind.TEST},
}


@dataclass(slots=True)
class Standing:
    """What the sessions of one archive have in common: a trial, a token and a subject's place are nobody else's."""

    design: Design
    personal: bool
    at: datetime  # nothing happened later
    _tokens: set[str] = field(default_factory=set)
    _trials: set[int] = field(default_factory=set)

    def require(self, rows: SittingRows) -> None:
        """Nothing, where all of it can be; raises ``Wrong`` or ``BrokenChain``."""
        session, where = rows.session, f"session {rows.session.number}"
        if session.subject not in self.design.subjects:
            raise Wrong(f"{where}: there is no subject {session.subject}")
        if self.design.subjects[session.subject].simulated is not session.simulated:
            raise Wrong(f"{where}: it is simulated and its subject is not, or the other way round")
        if len(rows.consents) > 1 or len(rows.questionnaires) > 1:
            raise Wrong(f"{where}: it has a consent or a questionnaire twice")
        self._require_trials(rows, where)
        self._require_votes(rows, where)
        _require_keys(rows, where)
        moments = (session.last_seen_at, *(one.at for one in rows.events), *(one.received_at for one in rows.votes))
        if max(moments) > self.at + _SLACK:
            raise Wrong(f"{where}: something of it happened in the future")
        try:
            self._require_log(rows)
        except (KeyError, TypeError, AttributeError):  # a payload is whatever somebody has written there
            raise Wrong(f"{where}: its log does not say what logs say") from None

    def _require_trials(self, rows: SittingRows, where: str) -> None:
        for trial in rows.trials:
            pair = self.design.pairs.get(trial.pair)
            if pair is None or pair.kind not in _SHOWS[trial.kind]:
                raise Wrong(f"{where}: trial {trial.number} shows no pair that a {trial.kind} trial may show")
            if trial.number in self._trials or trial.token in self._tokens:
                raise Wrong(f"{where}: trial {trial.number}, or its token, is there twice")
            self._trials.add(trial.number)
            self._tokens.add(trial.token)
        if len({trial.position for trial in rows.trials}) < len(rows.trials):
            raise Wrong(f"{where}: two trials stand at one position")

    def _require_votes(self, rows: SittingRows, where: str) -> None:
        own = {trial.number for trial in rows.trials}
        for what, answered in (("vote", rows.votes), ("showing", rows.showings)):
            numbers = [one.trial for one in answered]
            if strangers := set(numbers) - own:
                raise Wrong(f"{where}: there is a {what} for trial {min(strangers)}, which is not one of its own")
            if len(set(numbers)) < len(numbers):
                raise Wrong(f"{where}: a trial has two {what}s")
        if not self.design.protocol.allow_tie and any(vote.side is Side.TIE for vote in rows.votes):
            raise Wrong(f'{where}: it has an answer "can\'t tell", which its study does not allow')

    def _require_log(self, rows: SittingRows) -> None:
        session, log = _session(rows), [_event(rows, row) for row in rows.events]
        tokens = {trial.number: trial.token for trial in rows.trials}
        votes = [
            (tokens[vote.trial], Vote(trial_id=vote.trial, **_but(vote, "trial", "session"))) for vote in rows.votes
        ]
        number = session.id
        decisions = [Exclusion(session_id=number, **_but(one, "session")) for one in rows.exclusions]
        given_back = {one.number: one.given_back_at for one in rows.trials if one.given_back_at is not None}
        left_out = frozenset[str]() if self.personal else events.NAMING
        if not self.personal and any(row.payload is not None for row in rows.events if row.kind == events.ASKED):
            raise Wrong(f"session {number}: the archive is said to be without answers about subjects, and has some")
        events.holds(
            events.Record(session, log, votes, decisions, self._seals(rows.trials), given_back, left_out)
        )  # fmt: skip
        consent = Consent(session_id=number, **_but(rows.consents[0], "session")) if rows.consents else None
        looks = [Screening(session_id=number, **_but(one, "session")) for one in rows.screenings]
        answers = rows.questionnaires[0].answers if rows.questionnaires else None
        vouching.holds(vouching.Known(number, log, consent, answers, looks))

    def _seals(self, trials: list[TrialRow]) -> dict[int, str]:
        blocks = defaultdict[int, list[list[Any]]](list)
        for trial in sorted(trials, key=lambda one: one.position):
            pair = self.design.pairs[trial.pair]
            shown = self.design.stimuli_of(pair)
            blocks[trial.block].append(
                [
                    trial.block, trial.position, trial.token, trial.kind, trial.a_on_left, trial.pair, pair.kind,
                    shown[1].task, shown[1].scene,
                    *(said for one in shown for said in (one.role, one.condition, one.picture)), trial.probability,
                ]
            )  # fmt: skip
        return {block: seals.seal(rows) for block, rows in blocks.items()}


def _require_keys(rows: SittingRows, where: str) -> None:
    keys = [one.key for one in rows.events if one.key is not None]
    if len(set(keys)) < len(keys):
        raise Wrong(f"{where}: its log has a batch twice")


def _session(rows: SittingRows) -> Session:
    row = rows.session
    return Session(
        id=row.number, simulated=row.simulated, pilot=row.pilot, outcome=row.outcome, event_count=row.event_count,
        event_head=row.event_head,
    )  # fmt: skip


def _event(rows: SittingRows, row: Any) -> Event:
    return Event(session_id=rows.session.number, **_but(row, "session"))


def _but(row: Any, *names: str) -> dict[str, Any]:
    """What a line says, by the names of the table's columns."""
    return {name: getattr(row, name) for name in type(row).model_fields if name not in names}
