"""A study of the published size, written straight into a database: 4 tasks, 20 scenes, 11 conditions, 22,000 votes.

``python -m benchmarks.published_size`` writes it into the installation that the environment names.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations, product
from typing import Any

import numpy as np
from scipy.special import expit
from sqlalchemy import insert, select
from sqlalchemy.orm import Session as DbSession

from app.db import Database
from app.db.models import (
    Outcome,
    Pair,
    PairKind,
    Picture,
    Session,
    Side,
    Stimulus,
    StimulusRole,
    Study,
    StudyState,
    Subject,
    Trial,
    TrialKind,
    Vote,
)
from app.settings import Settings
from app.studies.protocol import Protocol

TASKS = ("denoise", "deblur", "superres", "compress")
CONDITIONS = (
    "dists", "lpips", "mae", "ms_ssim", "cw_ssim", "nlpd", "vif", "fsim", "vsi", "mad", "gmsd",
)  # fmt: skip
LIKING = np.linspace(1.2, -1.2, len(CONDITIONS))  # logits, the best first
SCENES = tuple(f"scene-{number:02}" for number in range(1, 21))
SUBJECTS = 25
SUBJECT_SPREAD = SCENE_SPREAD = 0.4  # logits
CATCH = 5  # trials a session
_START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def write(database: Database, *, votes_per_pair: int = 5, subjects: int = SUBJECTS, seed: int = 7) -> int:
    """The number of the study; its test trials are dealt to the subjects in turn, and each has catch trials besides."""
    rng = np.random.default_rng(seed)
    with database.write() as db:
        study = Study(
            title="The published size", state=StudyState.OPEN, is_demo=False,
            protocol=Protocol().model_dump(mode="json"), protocol_hash=Protocol().hash, seed=seed, created_at=_START,
            opened_at=_START,
        )  # fmt: skip
        db.add(study)
        db.flush()
        people = [
            Subject(study_id=study.id, label=f"{n:02}", simulated=False, created_at=_START)
            for n in range(1, subjects + 1)
        ]
        db.add_all(people)
        db.flush()
        sessions = [_session(study.id, one.id) for one in people]
        db.add_all(sessions)
        pairs = list(_pairs(db, study.id))
        db.add_all(pairs)
        db.flush()
        shown = [(one.id, one.kind, one.task, one.scene, one.a_id, one.b_id) for one in pairs]
        names = {one.id: one.condition for one in db.scalars(select(Stimulus).where(Stimulus.study_id == study.id))}
        trials, votes = _answers(shown, names, [one.id for one in sessions], votes_per_pair, rng)
        db.connection().execute(insert(Trial), trials)
        # The database numbers them: a number of our own would be given a second time to whoever comes after us.
        mine = select(Trial.token, Trial.id).where(Trial.session_id.in_([one.id for one in sessions]))
        ids = {token: number for token, number in db.execute(mine)}  # noqa: C416 -- dict() takes a result for a mapping
        db.connection().execute(
            insert(Vote), [{"trial_id": ids[trial["token"]], **vote} for trial, vote in zip(trials, votes, strict=True)]
        )
        return study.id


def _session(study_id: int, subject_id: int) -> Session:
    return Session(
        token=f"size-{study_id}-{subject_id}", study_id=study_id, subject_id=subject_id, simulated=False, pilot=False,
        seed=subject_id, comparisons=880, planned=885, locale="en", started_at=_START, last_seen_at=_START,
        sitting_began_at=_START, completed_at=_START + timedelta(hours=2), outcome=Outcome.COMPLETED, event_count=0,
        event_head="",
    )  # fmt: skip


def _pairs(db: DbSession, study_id: int) -> Iterator[Pair]:
    for task, scene in product(TASKS, SCENES):
        shown = {}
        for name in ("reference", "degraded", *CONDITIONS):
            role = StimulusRole(name) if name in ("reference", "degraded") else StimulusRole.CONDITION
            digest = hashlib.sha256(f"{task}/{name}/{scene}".encode()).hexdigest()  # values of measures go by it
            db.merge(Picture(digest=digest, width=512, height=512, size=1))
            db.flush()
            shown[name] = Stimulus(
                study_id=study_id, task=task, scene=scene, condition=name, role=role, picture_digest=digest
            )
        db.add_all(shown.values())
        db.flush()
        wanted = [(PairKind.TEST, *two) for two in combinations(sorted(CONDITIONS), 2)]
        for kind, a, b in [*wanted, (PairKind.CATCH, "reference", "degraded")]:
            yield Pair(
                study_id=study_id, kind=kind, task=task, scene=scene, reference_id=shown["reference"].id,
                a_id=shown[a].id, b_id=shown[b].id,
            )  # fmt: skip


def _answers(
    pairs: Sequence[tuple[int, PairKind, str, str, int, int]],
    names: dict[int, str],
    sessions: Sequence[int],
    votes_per_pair: int,
    rng: np.random.Generator,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of trials and of votes; subjects and scenes differ in their liking, and one answer in fifty is a slip."""
    liking = dict(zip(CONDITIONS, range(len(CONDITIONS)), strict=True))
    order = {task: rng.permutation(LIKING) if place else LIKING for place, task in enumerate(TASKS)}
    by_subject = rng.normal(0, SUBJECT_SPREAD, (len(sessions), len(CONDITIONS)))
    by_scene = {one: rng.normal(0, SCENE_SPREAD, len(CONDITIONS)) for one in product(TASKS, SCENES)}
    test = [one for one in pairs if one[1] is PairKind.TEST]
    start, stride = rng.permutation(len(test)), max(1, len(sessions) // votes_per_pair)
    dealt = [  # nobody judges a pair twice while there are as many subjects as votes
        (int(place + turn * stride) % len(sessions), one)
        for turn in range(votes_per_pair)
        for place, one in zip(start, test, strict=True)
    ]
    catch = [one for one in pairs if one[1] is PairKind.CATCH]
    dealt += [(place, catch[int(rng.integers(len(catch)))]) for place in range(len(sessions)) for _ in range(CATCH)]
    dealt = [dealt[number] for number in rng.permutation(len(dealt))]
    positions = [0] * len(sessions)
    trials, votes = list[dict[str, Any]](), list[dict[str, Any]]()
    for who, (pair, kind, task, scene, a_id, b_id) in dealt:
        chance = 0.98
        if kind is PairKind.TEST:
            a, b = liking[names[a_id]], liking[names[b_id]]
            taste = order[task] + by_subject[who] + by_scene[task, scene]
            chance = 0.01 + 0.98 * float(expit(taste[a] - taste[b]))
        a_on_left, a_wins = bool(rng.random() < 0.5), bool(rng.random() < chance)
        at = _START + timedelta(seconds=5 * positions[who])
        trials.append(
            {
                "token": f"size-{sessions[who]}-{positions[who]}", "session_id": sessions[who], "pair_id": pair,
                "block": 1 + positions[who] // 100, "position": positions[who], "kind": TrialKind(kind.value),
                "a_on_left": a_on_left, "issued_at": at,
            }
        )  # fmt: skip
        votes.append(
            {
                "side": Side.LEFT if a_on_left == a_wins else Side.RIGHT, "late": False,
                "elapsed_ms": int(rng.lognormal(7.7, 0.5)), "received_at": at, "digest": "",
            }
        )  # fmt: skip
        positions[who] += 1
    return trials, votes


def main() -> None:
    """Writes it and says its number."""
    settings = Settings()
    database = Database(settings.database)
    print(f"study {write(database)}")  # noqa: T201
    database.close()


if __name__ == "__main__":
    main()
