"""Very many votes in a study, most of them made by the database itself."""

from itertools import cycle, islice

from sqlalchemy import insert, literal, select, true

from app.db.models import PairKind, Session, Side, Trial, TrialKind, Vote
from tests.results.conftest import START, BuiltStudy

DEALT = 10_000  # trials; all others are their copies further down the sessions


def add_votes(study: BuiltStudy, subjects: int, votes: int) -> None:
    """So many test trials and votes, dealt to so many new subjects in turn; the left picture always wins.

    ``votes`` is a multiple of ``DEALT``.
    """
    with study.together():
        sessions = [study.session(f"big {number}") for number in range(subjects)]
    pairs = cycle(number for (kind, *_), number in study.pairs.items() if kind is PairKind.TEST)
    dealt = [
        {
            "token": f"big-{study.id}-{number}", "session_id": sessions[number % subjects], "pair_id": pair, "block": 1,
            "position": 1000 + number, "kind": TrialKind.TEST, "a_on_left": number % 2 == 0, "issued_at": START,
        }
        for number, pair in enumerate(islice(pairs, DEALT))
    ]  # fmt: skip
    copies = select(literal(1).label("n")).cte("copies", recursive=True)
    copies = copies.union_all(select(copies.c.n + 1).where(copies.c.n + 1 < votes // DEALT))
    copied = select(
        Trial.token.concat("-").concat(copies.c.n), Trial.session_id, Trial.pair_id, Trial.block,
        Trial.position + copies.c.n * DEALT, Trial.kind, Trial.a_on_left, Trial.issued_at,
    ).join(copies, true()).where(Trial.token.like(f"big-{study.id}-%"))  # fmt: skip
    answered = (
        select(
            Trial.id, literal(Side.LEFT, Vote.side.type), literal(1500), literal(False), Trial.issued_at, literal("")
        )
        .join(Session, Session.id == Trial.session_id)
        .where(Session.study_id == study.id, Trial.token.like(f"big-{study.id}-%"))
    )
    with study.database.write() as db:
        db.execute(insert(Trial), dealt)
        if votes > DEALT:
            db.execute(insert(Trial).from_select([*dealt[0]], copied))
        columns = ["trial_id", "side", "elapsed_ms", "late", "received_at", "digest"]
        db.execute(insert(Vote).from_select(columns, answered))
