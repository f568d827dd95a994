"""A study's life: what may open, what is frozen then, and which steps there are."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlparse

import pytest
from sqlalchemy import delete, select, update

from app.db import Database
from app.db.models import Pair, PairKind, Picture, Stimulus, StimulusRole, StudyState
from app.errors import AppError
from app.media import Media
from app.sessions import enrol, invitations, links
from app.studies import freezing, moves, service, states, titles
from app.studies.finding import Severity
from app.studies.protocol import Protocol
from app.studies.stimuli import ingest_folder
from tests.db import locks
from tests.studies.pictures import fill


@pytest.fixture
def ready(database: Database, media: Media, draft: int, folder: Path) -> int:
    """A draft with everything it needs."""
    ingest_folder(database, media, draft, folder)
    return draft


def _errors(database: Database, media: Media, study: int) -> str:
    return "\n".join(f.text for f in service.lint(database, media, study) if f.severity is Severity.ERROR)


def _lose(media: Media, database: Database, condition: str) -> Path:
    """Deletes a picture's file, as a full disk or a careless hand might."""
    with database.read() as db:
        digest = db.scalars(select(Stimulus.picture_digest).where(Stimulus.condition == condition)).first()
    assert digest
    path = Path(urlparse(media.url).path) / digest[:2] / digest[2:]
    path.unlink()
    return path


def test_opening_freezes_pairs_and_protocol(database: Database, media: Media, ready: int) -> None:
    assert [f.text for f in service.lint(database, media, ready) if f.severity is Severity.ERROR] == []
    before = service.get(database, ready)
    moves.open_study(database, media, ready)
    after = service.get(database, ready)
    assert (after.state, after.protocol_hash) == (StudyState.OPEN, Protocol(catch_trials=3).hash)
    assert after.opened_at is not None
    assert (before.pairs, after.pairs, after.planned, after.target_sessions) == (18, 18, 21, 5)
    with database.read() as db:
        pairs = list(db.scalars(select(Pair)))
        names = {stimulus.id: stimulus for stimulus in db.scalars(select(Stimulus))}
    assert Counter(pair.kind for pair in pairs) == {PairKind.TEST: 18, PairKind.CATCH: 6, PairKind.PRACTICE: 6}
    for pair in pairs:
        a, b, reference = names[pair.a_id], names[pair.b_id], names[pair.reference_id]
        assert {(s.task, s.scene) for s in (a, b, reference)} == {(pair.task, pair.scene)}
        assert reference.role is StimulusRole.REFERENCE
        if pair.kind is PairKind.TEST:
            assert a.condition < b.condition
        else:
            assert (a.condition, b.condition) == ("reference", "degraded")


def test_practice_scenes_are_for_practice_alone(database: Database, media: Media, folder: Path) -> None:
    protocol = Protocol(catch_trials=3, practice_scenes=("boat",))
    study = service.create(database, "Restoration", protocol)
    ingest_folder(database, media, study, folder)
    moves.open_study(database, media, study)
    with database.read() as db:
        pairs = list(db.scalars(select(Pair)))
    assert {pair.scene for pair in pairs if pair.kind is PairKind.PRACTICE} == {"boat"}
    assert {pair.scene for pair in pairs if pair.kind is not PairKind.PRACTICE} == {"cat", "city"}


def test_a_study_with_a_lost_picture_cannot_open(database: Database, media: Media, ready: int) -> None:
    path = _lose(media, database, "mae")
    with pytest.raises(freezing.StudyNotReady) as refused:
        moves.open_study(database, media, ready)
    assert "The store has lost denoise/mae/" in refused.value.message
    assert "Fix: put the file back from a backup" in refused.value.message
    assert "The store has lost denoise/mae/" in _errors(database, media, ready)
    assert service.get(database, ready).state is StudyState.DRAFT
    path.write_bytes(b"something else")
    with pytest.raises(freezing.StudyNotReady, match="has lost"):  # what lies there is not what was ingested
        moves.open_study(database, media, ready)
    with database.read() as db:
        assert list(db.scalars(select(Pair))) == []


def _forget(condition: str) -> Callable[[Database], None]:
    def forget(database: Database) -> None:
        with database.write() as db:
            db.execute(delete(Stimulus).where(Stimulus.condition == condition, Stimulus.scene == "cat"))

    return forget


def _stretch(database: Database) -> None:
    with database.write() as db:
        where = (Stimulus.task == "denoise", Stimulus.condition == "mae", Stimulus.scene == "cat")
        digest = db.scalars(select(Stimulus.picture_digest).where(*where)).one()
        db.execute(update(Picture).where(Picture.digest == digest).values(width=13))


def _separate(database: Database) -> None:
    with database.write() as db:
        db.execute(delete(Stimulus).where(Stimulus.condition == "mae", Stimulus.scene != "cat"))
        db.execute(delete(Stimulus).where(Stimulus.condition.in_(("gmsd", "ms_ssim")), Stimulus.scene == "cat"))


def _confuse(database: Database) -> None:
    with database.write() as db:
        cats = select(Stimulus.picture_digest).where(Stimulus.task == "denoise", Stimulus.scene == "cat")
        digest = db.scalars(cats.where(Stimulus.condition == "mae")).one()
        where = (Stimulus.task == "denoise", Stimulus.scene == "cat", Stimulus.condition == "gmsd")
        db.execute(update(Stimulus).where(*where).values(picture_digest=digest))


BROKEN: dict[str, Callable[[Database], None]] = {
    "denoise/mae/cat is missing": _forget("mae"),
    "denoise/reference/cat is missing": _forget("reference"),
    "denoise/cat has pictures of different sizes": _stretch,
    "these conditions never meet, so no ranking joins them: gmsd, ms_ssim | mae": _separate,
    "denoise/gmsd/cat and denoise/mae/cat are the same picture": _confuse,
}


@pytest.mark.parametrize("reason", BROKEN)
def test_a_broken_study_cannot_open(database: Database, media: Media, ready: int, reason: str) -> None:
    BROKEN[reason](database)
    assert reason in _errors(database, media, ready)
    with pytest.raises(freezing.StudyNotReady) as refused:
        moves.open_study(database, media, ready)
    assert reason in refused.value.message


def test_a_missing_picture_is_mended_by_what_every_study_can_do(database: Database, media: Media, ready: int) -> None:
    _forget("mae")(database)
    fixes = {one.fix for one in service.lint(database, media, ready) if one.text.endswith("is missing.")}
    assert fixes == {"bring in what is missing, or leave its scene or its condition out"}


DESIGNS = {
    "asks for 3 catch trials, but no scene has a degraded input": (Protocol(catch_trials=3), False),
    "asks for 4 practice trials, but there are pictures for 0": (Protocol(catch_trials=0), False),
    "18 comparisons are too few to hide 30 catch trials among": (Protocol(catch_trials=30), True),
    "The practice scene 'dog' has no pictures": (Protocol(catch_trials=3, practice_scenes=("dog",)), True),
    "no pair to compare outside the practice scenes": (
        Protocol(catch_trials=0, practice_scenes=("boat", "cat", "city")),
        True,
    ),
}


@pytest.mark.parametrize("reason", DESIGNS)
def test_a_protocol_that_the_pictures_cannot_serve_is_reported(
    database: Database, media: Media, tmp_path: Path, reason: str
) -> None:
    protocol, degraded = DESIGNS[reason]
    study = service.create(database, "Restoration", protocol)
    ingest_folder(database, media, study, fill(tmp_path / "pictures", degraded=degraded))
    assert reason in _errors(database, media, study)


def test_an_empty_study_cannot_open(database: Database, media: Media, draft: int) -> None:
    with pytest.raises(freezing.StudyNotReady, match="The study has no pictures"):
        moves.open_study(database, media, draft)


def test_weak_designs_are_warned_about_and_open(database: Database, media: Media, tmp_path: Path) -> None:
    study = service.create(database, "Restoration", Protocol(catch_trials=4))
    ingest_folder(database, media, study, fill(tmp_path / "pictures", scenes=["cat"], conditions=["a", "b", "c", "d"]))
    texts = [(f.severity, f.text) for f in service.lint(database, media, study)]
    assert {severity for severity, _ in texts} == {Severity.WARNING}
    listed = "\n".join(text for _, text in texts)
    assert "4 catch trials come from 2 scenes" in listed
    assert "clicks at random is kept with a probability of 31.2 %" in listed
    assert "denoise has one scene" in listed
    moves.open_study(database, media, study)


def test_pictures_added_while_a_study_opens_stop_it(
    database: Database, media: Media, ready: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = fill(tmp_path / "late", tasks=["deblur"])
    get = media.get

    def get_slowly(digest: str) -> bytes:
        if not (tmp_path / "added").exists():
            (tmp_path / "added").touch()
            ingest_folder(database, media, ready, late)
        return get(digest)

    monkeypatch.setattr(media, "get", get_slowly)
    with pytest.raises(moves.StimuliChanged, match="open it again"):
        moves.open_study(database, media, ready)
    moves.open_study(database, media, ready)
    assert service.get(database, ready).pairs == 27


def test_every_move_that_is_not_allowed_has_a_name(database: Database, media: Media, ready: int) -> None:
    steps: dict[str, Callable[[], None]] = {
        "open": lambda: moves.open_study(database, media, ready),
        "pause": lambda: moves.pause(database, ready),
        "resume": lambda: moves.resume(database, ready),
        "close": lambda: moves.close(database, ready),
        "edit": lambda: service.edit(database, ready, title="Other", protocol=Protocol(catch_trials=3)),
        "delete": lambda: moves.delete(database, ready),
        "pilot": lambda: moves.start_pilot(database, media, ready),
        "draft": lambda: moves.end_pilot(database, ready),
        "archive": lambda: moves.archive(database, ready),
        "unarchive": lambda: moves.unarchive(database, ready),
    }
    refusals: dict[str, type[AppError]] = {
        **dict.fromkeys(("open", "pilot", "edit", "delete"), states.StudyNotDraft),
        "pause": states.StudyNotOpen, "resume": states.StudyNotPaused, "close": states.StudyNotRunning,
        "draft": states.StudyNotPilot, "archive": states.StudyNotClosed, "unarchive": states.StudyNotArchived,
    }  # fmt: skip
    allowed = {
        StudyState.DRAFT: {"edit", "open", "pilot", "delete", "draft"},
        StudyState.PILOT: {"open", "draft", "close", "pilot"},
        StudyState.OPEN: {"pause", "close", "open", "resume"},
        StudyState.PAUSED: {"resume", "close", "pause"},
        StudyState.CLOSED: {"archive", "close", "unarchive"},
        StudyState.ARCHIVED: {"unarchive", "close", "archive"},
    }
    forbidden = {
        state: {name: refusals[name] for name in steps if name not in names} for state, names in allowed.items()
    }
    made = {
        StudyState.DRAFT: ("draft",), StudyState.PILOT: ("pilot",), StudyState.OPEN: ("open", "resume"),
        StudyState.PAUSED: ("pause",), StudyState.CLOSED: ("close", "unarchive"),
        StudyState.ARCHIVED: ("archive", "close"),
    }  # fmt: skip
    life = (
        ("edit", StudyState.DRAFT), ("pilot", StudyState.PILOT), ("draft", StudyState.DRAFT),
        ("pilot", StudyState.PILOT), ("open", StudyState.OPEN), ("pause", StudyState.PAUSED),
        ("resume", StudyState.OPEN), ("pause", StudyState.PAUSED), ("close", StudyState.CLOSED),
        ("archive", StudyState.ARCHIVED), ("unarchive", StudyState.CLOSED), ("archive", StudyState.ARCHIVED),
    )  # fmt: skip
    for move, state in life:
        steps[move]()
        assert service.get(database, ready).state is state
        for name, error in forbidden[state].items():
            with pytest.raises(error, match=state.value):
                steps[name]()
            assert service.get(database, ready).state is state
        before = service.get(database, ready)
        for name in made.get(state, ()):  # a move that has been made is no mistake, and changes nothing
            steps[name]()
        assert service.get(database, ready) == before
    view = service.get(database, ready)
    assert view.title == "Other"
    assert view.closed_at is not None


def test_an_open_study_can_be_closed_at_once(database: Database, media: Media, ready: int) -> None:
    moves.open_study(database, media, ready)
    moves.close(database, ready)
    assert service.get(database, ready).state is StudyState.CLOSED


def test_a_deleted_draft_leaves_nothing_and_its_links_lead_nowhere_for_good(
    database: Database, media: Media, ready: int
) -> None:
    secret = b"s" * 32
    (invited,) = invitations.invite(database, secret, ready, ["P01"])
    public = links.public_token(database, secret, ready)
    moves.delete(database, ready)
    with pytest.raises(states.StudyNotFound):
        service.get(database, ready)
    with database.read() as db:
        assert db.scalars(select(Stimulus)).all() == []
    other = service.create(database, "Another", Protocol())
    (again,) = invitations.invite(database, secret, other, ["P01"])
    assert other != ready
    assert again.token != invited.token
    for token in (public, invited.token):
        with pytest.raises(links.BadLink):
            enrol.landing(database, secret, token)


def test_studies_are_listed_newest_first(database: Database) -> None:
    first, second = (service.create(database, f"  Study\t{n} ", Protocol()) for n in (1, 2))
    assert [(study.id, study.title) for study in service.listing(database)] == [(second, "Study 2"), (first, "Study 1")]


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
def test_a_title_must_fit(database: Database, title: str) -> None:
    with pytest.raises(titles.BadTitle):
        service.create(database, title, Protocol())
    assert service.listing(database) == []


def test_every_move_holds_the_study_before_it_looks_at_its_state(database: Database, media: Media, ready: int) -> None:
    protocol = service.get(database, ready).protocol
    steps = (
        lambda: service.edit(database, ready, title="Another", protocol=protocol),
        lambda: moves.start_pilot(database, media, ready),
        lambda: moves.end_pilot(database, ready),
        lambda: moves.open_study(database, media, ready),
        lambda: moves.pause(database, ready),
        lambda: moves.resume(database, ready),
        lambda: moves.close(database, ready),
        lambda: moves.archive(database, ready),
        lambda: moves.unarchive(database, ready),
    )
    for move in steps:
        with locks.statements(database) as said:
            move()
        assert "FROM studies" in said[0]
        assert said[0].endswith("FOR NO KEY UPDATE")
