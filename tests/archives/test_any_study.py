"""Any small study comes out of an archive as it went in."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.cli._doctor import contents
from app.db import Database
from app.db.upkeep import Health
from app.media import Media
from app.sessions import checks
from app.studies import moves, service, stimuli
from app.studies.protocol import Protocol
from tests.actors import somebody
from tests.archives import lived
from tests.archives.conftest import Place
from tests.sessions.planted import PLAIN, careless, excluded_sessions, honest, join, play, session_id
from tests.web import small_study

pytestmark = pytest.mark.one_database

PROTOCOLS = st.fixed_dictionaries(
    {
        "trials_per_session": st.integers(1, 9), "block_size": st.integers(2, 5),
        "catch_trials": st.sampled_from([0, 2]),
        "catch_failures_allowed": st.sampled_from([0]), "practice_trials": st.integers(0, 2),
        "dummy_trials": st.integers(0, 1), "repeat_percent": st.sampled_from([0, 30]), "allow_tie": st.booleans(),
        "sampling": st.sampled_from(["balanced", "adaptive"]), "plan_alpha": st.sampled_from([0.05, 0.01]),
    }
).filter(lambda chosen: chosen["trials_per_session"] >= chosen["catch_trials"])  # fmt: skip
SESSIONS = st.lists(st.tuples(st.booleans(), st.integers(0, 20), st.booleans(), st.booleans()), max_size=3)
TITLES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=60)


@settings(max_examples=5, suppress_health_check=list(HealthCheck))
@given(protocol=PROTOCOLS, sessions=SESSIONS, title=TITLES)
def test_any_small_study_comes_back_as_it_was(
    migrated: Path, tmp_path_factory: pytest.TempPathFactory, protocol: dict[str, Any],
    sessions: list[tuple[bool, int, bool, bool]], title: str,
) -> None:  # fmt: skip
    folder = tmp_path_factory.mktemp("any")
    shutil.copyfile(migrated, folder / "beholder.sqlite3")
    place = Place(Database(f"sqlite:///{folder}/beholder.sqlite3"), Media("memory:///"), folder)
    study = service.create(place.database, title, Protocol(**PLAIN | protocol))
    stimuli.ingest_folder(place.database, place.media, study, small_study.paint(folder / "pictures", 8, 8))
    moves.open_study(place.database, place.media, study)
    for wrong, most, pilot, excluded in sessions:
        token = join(place.database, study, pilot=pilot)
        play(place.database, token, careless if wrong else honest, most=most)
        if excluded and session_id(place.database, token) not in excluded_sessions(place.database, study):
            checks.exclude(place.database, session_id(place.database, token), "A test.", somebody("ada"))
    moves.close(place.database, study)
    taken = place.take_in(place.export(study, personal=True))
    assert service.get(place.database, taken.study_id).title == service.get(place.database, study).title
    assert lived.taken_away(place.database, taken.study_id) == lived.taken_away(place.database, study)
    assert {finding.state for finding in contents.logs(place.database)} == {Health.WELL}
    place.database.close()
