"""``beholder doctor`` finds what is wrong, says what to do, and changes nothing."""

import json
import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update
from typer.testing import CliRunner, Result

from app import catalog, clock
from app.cli import program
from app.cli._doctor import Finding, State, contents, examine, ground, machine, people, tables
from app.db import Database, checkup
from app.db.backup import keep
from app.db.migrate import downgrade, migrate
from app.db.models import Account, Job, Photograph, Side, Split, Worker
from app.jobs import packaged, store
from app.jobs.devices import Slot
from app.jobs.photographs import add_photographs, photographs
from app.media import Media
from app.sessions.enrol import begin
from app.sessions.links import public_token
from app.sessions.progress import consent, open_trials, start_block, view
from app.sessions.votes import Answer, record_vote
from app.settings import Settings
from app.studies import inventory, service, stimuli
from app.studies.protocol import Protocol
from app.web import login
from tests.jobs import build
from tests.studies.pictures import fill

Findings = list[Finding]


@pytest.fixture
def quiet_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose processes are not started: that takes seconds, and has tests of its own."""
    monkeypatch.setattr(machine, "_child", lambda argv: ('["2.0", 0, 1]', ""))


@pytest.fixture
def here(settings: Settings, monkeypatch: pytest.MonkeyPatch, quiet_machine: None) -> Settings:
    """The environment names the installation of this test."""
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("BEHOLDER_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("BEHOLDER_GPUS", "none")
    return settings


@pytest.fixture
def study(here: Settings, database: Database, media: Media, tmp_path: Path) -> int:
    here.data_dir.chmod(0o700)
    number = service.create(database, "Looked at", Protocol(catch_trials=2), seed=1)
    stimuli.ingest_folder(database, media, number, fill(tmp_path / "stimuli"))
    service.open_study(database, media, number)
    token = begin(database, here.secret(), public_token(here.secret(), number))
    consent(database, token, view(database, token).consent_hash)
    start_block(database, token)
    for trial in open_trials(database, token):
        record_vote(database, token, trial.token, Answer(Side.LEFT, 900))
    return number


def doctor(*options: str) -> Result:
    return CliRunner().invoke(program(), ["doctor", *options])


def the_ill(findings: Iterator[Finding]) -> Finding:
    """The only ill finding; whoever reads it is told what to do."""
    (found,) = [finding for finding in findings if finding.state is State.ILL]
    assert found.fix
    return found


def worst(findings: Iterator[Finding]) -> State:
    states = [finding.state for finding in findings]
    return max(states, key=[State.WELL, State.NOTE, State.ILL].index)


def a_picture(database: Database, study: int) -> str:
    return min(inventory.digests(database, study))


def stored(settings: Settings, digest: str) -> Path:
    return settings.data_dir / "media" / digest[:2] / digest[2:]


@pytest.mark.usefixtures("study")
def test_a_healthy_installation_is_called_well() -> None:
    result = doctor("--verify")
    assert result.exit_code == 0, result.output
    assert "ill" not in [line.split()[0] for line in result.output.splitlines()]
    assert "the logs and votes of 1 session are as written" in result.output
    assert "there and as they were taken in" in result.output


@pytest.mark.usefixtures("study")
def test_scripts_get_the_same_as_a_list() -> None:
    result = doctor("--json")
    findings = json.loads(result.output)
    assert result.exit_code == 0
    assert {tuple(finding) for finding in findings} == {("check", "state", "finding", "fix")}
    assert {"settings", "data folder", "secret", "disk", "database", "migrations", "store", "pictures", "photographs",
            "studies", "triggers", "votes", "backups", "clock", "login", "workers", "leases", "weights", "device",
            "engine"} == {
        finding["check"] for finding in findings
    }  # fmt: skip
    assert {finding["state"] for finding in findings} <= {"well", "note"}


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("study")
def test_nothing_is_changed_by_looking(settings: Settings) -> None:
    def everything() -> dict[str, tuple[object, object]]:
        passing = ("beholder.sqlite3-shm", "probe")  # SQLite's shared memory; where the store tries itself
        kept = [path for path in settings.data_dir.rglob("*") if path.name not in passing and path.is_file()]
        return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in kept}

    before = everything()
    assert doctor("--verify").exit_code == 0
    assert everything() == before


def test_a_folder_that_is_not_there_is_not_made(here: Settings) -> None:
    result = doctor()
    assert result.exit_code == 1
    assert f"ill   data folder: there is no folder {here.data_dir}" in result.output
    assert not here.data_dir.exists()


@pytest.mark.sqlite_only
def test_an_absent_database_is_told_and_not_made(here: Settings) -> None:
    here.data_dir.mkdir()
    result = doctor()
    assert result.exit_code == 1
    assert "→ run `beholder migrate` to make it" in result.output
    assert list(here.data_dir.iterdir()) == []


def test_settings_that_cannot_be_used_are_told_and_nothing_else_is_looked_at(
    here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEHOLDER_PORT", "many")
    found = list(examine(verify=False))
    assert the_ill(iter(found)).finding.startswith("These settings cannot be used: BEHOLDER_PORT")
    assert {finding.check for finding in found} == {"settings"}
    assert doctor().exit_code == 1


def test_an_unknown_setting_is_noted(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEHOLDER_POTR", "8000")
    (found,) = ground.settings(settings)
    assert (found.state, "did you mean BEHOLDER_PORT?" in found.finding) == (State.NOTE, True)


@pytest.mark.parametrize(("mode", "state"), [(0o700, "well"), (0o750, "well"), (0o755, "note"), (0o777, "ill")])
def test_who_may_see_and_change_the_data_folder(settings: Settings, mode: int, state: str) -> None:
    settings.data_dir.mkdir()
    settings.data_dir.chmod(mode)
    (found,) = ground.data_folder(settings)
    assert found.state == state
    assert found.fix.startswith("chmod") or state == "well"


def test_a_secret_that_others_may_read_is_ill(settings: Settings) -> None:
    settings.data_dir.mkdir()
    settings.secret()
    path = settings.data_dir / "secret"
    assert worst(ground.secret(settings, needed=True)) is State.WELL
    path.chmod(0o644)
    assert the_ill(ground.secret(settings, needed=True)).fix == f"chmod 600 {path}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644  # told, not mended


@pytest.mark.parametrize("kept", ["", "beef", "not hexadecimal", "ä"])
def test_a_secret_that_is_not_whole_is_ill(settings: Settings, kept: str) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "secret").write_text(kept, encoding="utf-8")
    assert "back from the backup" in the_ill(ground.secret(settings, needed=False)).fix


def test_a_lost_secret_is_ill_once_there_are_studies(study: int, settings: Settings) -> None:
    (settings.data_dir / "secret").unlink()
    assert the_ill(examine(verify=False)).check == "secret"
    assert not (settings.data_dir / "secret").exists()


def test_a_full_disk_is_ill_and_a_filling_one_noted(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    free = [0]
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(0, 0, free[0]))  # type: ignore[attr-defined]
    assert "make room" in the_ill(ground.disk(settings)).fix
    free[0] = 3 << 30
    assert worst(ground.disk(settings)) is State.NOTE
    free[0] = 30 << 30
    assert worst(ground.disk(settings)) is State.WELL


def test_a_store_on_a_disk_of_its_own_is_looked_at_too(settings: Settings, tmp_path: Path) -> None:
    elsewhere = settings.model_copy(update={"media_url": (tmp_path / "elsewhere").as_uri()})
    assert len(list(ground.disk(elsewhere))) == len(list(ground.disk(settings))) + 1


def test_a_store_that_takes_nothing_is_ill(settings: Settings, media: Media) -> None:
    assert worst(ground.store(settings, media)) is State.WELL
    shutil.rmtree(settings.data_dir / "media" / "probe", ignore_errors=True)
    (settings.data_dir / "media" / "probe").write_text("a file where the store wants a folder")
    assert "did not take object" in the_ill(ground.store(settings, media)).finding


def test_a_store_that_is_not_mounted_is_told_and_not_made(study: int, settings: Settings) -> None:
    shutil.rmtree(settings.data_dir / "media")
    found = list(examine(verify=False))
    assert the_ill(iter(found)).check == "pictures"
    assert [finding.state for finding in found if finding.check == "store"] == [State.NOTE]
    assert not (settings.data_dir / "media").exists()


@pytest.mark.sqlite_only
def test_a_damaged_database_is_ill_and_hides_nothing_else(study: int, settings: Settings, database: Database) -> None:
    database.close()
    file = settings.data_dir / "beholder.sqlite3"
    with file.open("r+b") as damaged:
        damaged.write(b"not a database at all")
    result = doctor()
    assert result.exit_code == 1
    assert "cannot be read (file is not a database)" in result.output
    assert "keeping-it-well.md" in result.output
    assert "well  engine" in result.output


@pytest.mark.sqlite_only
def test_an_index_that_has_come_apart_is_found_by_verify(settings: Settings, database: Database) -> None:
    service.create(database, "Indexed", Protocol(), seed=1)
    login.create_account(database, "ada", None)
    database.close()
    with sqlite3.connect(settings.data_dir / "beholder.sqlite3", isolation_level=None) as raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("INSERT INTO login_links (account_id, token_digest, expires_at) VALUES (77, 'x', '2030-01-01')")
    raw.close()
    assert worst(tables.engine(settings, None, verify=False)) is State.WELL
    assert "points to a row of accounts that is gone" in the_ill(tables.engine(settings, None, verify=True)).finding


@pytest.mark.sqlite_only
def test_a_database_without_a_write_ahead_log_is_ill_and_stays_so(here: Settings, database: Database) -> None:
    database.close()
    file = here.data_dir / "beholder.sqlite3"
    with sqlite3.connect(file) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")
    raw.close()
    found = the_ill(examine(verify=False))
    assert "its journal is delete" in found.finding
    assert checkup.sqlite_facts(file, thorough=False).journal == "delete"
    assert found.fix.startswith("if it is a fresh copy, run `beholder migrate`")
    assert CliRunner().invoke(program(), ["migrate"]).exit_code == 0  # and that is so
    assert checkup.sqlite_facts(file, thorough=False).journal == "wal"


def test_tables_of_another_version_are_ill_and_the_rest_is_looked_at(study: int, database: Database) -> None:
    with database.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    found = list(examine(verify=True))
    assert the_ill(iter(found)).fix == "install the version that wrote it, or a newer one"
    assert "engine" in {finding.check for finding in found}
    assert "pictures" not in {finding.check for finding in found}


def test_tables_without_a_record_of_their_revision_are_ill(database: Database) -> None:
    with database.write() as db:
        db.execute(text("DROP TABLE alembic_version"))
    assert "does not say at which revision it is" in the_ill(tables.migrations(database)).finding


def test_older_tables_are_to_be_migrated(database: Database) -> None:
    downgrade(database, "-1")
    assert the_ill(tables.migrations(database)).fix == "run `beholder migrate`"
    migrate(database)


@pytest.mark.parametrize("damage", ['{"blocks": "many"}', "7", "not json"])
def test_one_damaged_study_is_named_and_hides_nothing_else(study: int, database: Database, damage: str) -> None:
    if not database.is_sqlite and damage == "not json":
        pytest.skip("PostgreSQL keeps nothing in the column that is not JSON")
    service.create(database, "Sound", Protocol(), seed=1)
    with database.write() as db:
        db.execute(text("UPDATE studies SET protocol = :damage WHERE id = :id"), {"damage": damage, "id": study})
    found = list(examine(verify=True))
    assert the_ill(iter(found)).check == "studies"
    assert the_ill(iter(found)).finding.startswith(f"study {study} cannot be read")
    assert {"secret", "pictures", "logs"} <= {finding.check for finding in found if finding.state is State.WELL}


def test_a_server_that_does_not_answer_is_told_without_its_password(
    here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.data_dir.mkdir()
    monkeypatch.setenv("BEHOLDER_DATABASE_URL", "postgresql://beholder:tortoise@127.0.0.1:1/beholder")
    result = doctor()
    assert result.exit_code == 1
    assert "ill   database: " in result.output
    assert "tortoise" not in result.output
    assert "Traceback" not in result.output
    assert "ill   migrations: the tables cannot be read while the database does not answer" in result.output
    assert "backup" not in result.output.partition("migrations")[2].partition("\nnote")[0]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"number": 130004, "version": "13.4"}, "13.4 is older"),
        ({"read_only": True}, "takes no writes"),
        ({"free": 3}, "only 3 connections are free"),
    ],
)
def test_a_server_that_will_not_do_is_ill(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch, changed: dict[str, object], says: str
) -> None:
    good = checkup.PostgresFacts("16.1", 160001, "read committed", False, 90, clock.now())
    monkeypatch.setattr(tables, "postgres_facts", lambda _: good)
    assert worst(tables._postgres(database)) is State.WELL
    monkeypatch.setattr(tables, "postgres_facts", lambda _: replace(good, **changed))  # type: ignore[arg-type]
    assert says in the_ill(tables._postgres(database)).finding


@pytest.mark.sqlite_only
def test_an_old_backup_is_noted_where_work_was_done_since(study: int, settings: Settings, database: Database) -> None:
    assert worst(tables.backups(settings, database, verify=False)) is State.NOTE
    backup = keep(settings.data_dir / "beholder.sqlite3", settings.data_dir / "backups" / "before.sqlite3")
    assert worst(tables.backups(settings, database, verify=True)) is State.WELL
    long_ago = (clock.now() - timedelta(days=9)).timestamp()
    os.utime(backup, (long_ago, long_ago))
    (found,) = tables.backups(settings, database, verify=False)
    assert (found.state, "9 days old" in found.finding) == (State.NOTE, True)


@pytest.mark.sqlite_only
def test_a_backup_that_could_not_be_put_back_is_ill(settings: Settings, database: Database) -> None:
    whole = keep(settings.data_dir / "beholder.sqlite3", settings.data_dir / "backups" / "weekly.sqlite3")
    good = whole.read_bytes()
    for broken, says in (
        (b"", "it holds no tables of Beholder"),
        (b"not a database" * 100, "file is not a database"),
        (good[: len(good) // 2], "malformed"),
    ):
        whole.write_bytes(broken)
        assert says in the_ill(tables.backups(settings, database, verify=False)).finding
    assert [path.name for path in whole.parent.iterdir()] == [whole.name]  # looking left nothing beside it


def test_rows_from_the_future_are_ill(
    study: int, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert worst(tables.clocks(settings, database)) is State.WELL
    monkeypatch.setattr(clock, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    found = list(tables.clocks(settings, database))
    assert any(
        "the newest row is" in finding.finding and "ahead of this machine" in finding.finding for finding in found
    )
    assert any("the file " in finding.finding for finding in found)
    assert worst(iter(found)) is State.ILL
    assert all("NTP" in finding.fix for finding in found)


def test_a_lost_picture_is_named(study: int, settings: Settings, database: Database) -> None:
    digest = a_picture(database, study)
    stored(settings, digest).unlink()
    result = doctor()
    assert result.exit_code == 1
    assert digest in result.output
    assert "pause the study" in result.output


def test_an_altered_picture_is_found_by_verify(
    study: int, settings: Settings, database: Database, media: Media
) -> None:
    stored(settings, a_picture(database, study)).write_bytes(b"other bytes")
    assert worst(contents.pictures(database, media, verify=False)) is State.WELL
    assert "1 of" in the_ill(contents.pictures(database, media, verify=True)).finding


def test_a_lost_photograph_is_named_and_may_be_taken_in_again(
    settings: Settings, database: Database, media: Media, tmp_path: Path
) -> None:
    (photo_file, other) = packaged.packaged()[:2]
    add_photographs(database, media, "both", [photo_file, other])
    assert worst(contents.photos(database, media, verify=True)) is State.WELL
    photo = photographs(database, "both").test[0]
    stored(settings, photo.digest).unlink()
    found = the_ill(contents.photos(database, media, verify=False))
    assert photo.name in found.finding
    assert "--set 'both'" in found.fix
    add_photographs(database, media, "both", [photo_file, other])
    assert worst(contents.photos(database, media, verify=True)) is State.WELL


def test_a_set_that_cannot_be_learned_from_is_noted(settings: Settings, database: Database, media: Media) -> None:
    add_photographs(database, media, "both", packaged.packaged()[:2])
    with database.write() as db:
        db.execute(delete(Photograph).where(Photograph.split == Split.TRAIN))
    (found,) = contents.photos(database, media, verify=False)
    assert (found.state, "none to train on" in found.finding) == (State.NOTE, True)


def test_missing_packages_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert worst(contents.packages()) is State.WELL
    monkeypatch.setattr(packaged, "_path", lambda photograph: None)
    (found,) = contents.packages()
    assert (found.state, ".[trainer]" in found.fix) == (State.NOTE, True)


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("study")
def test_an_edited_vote_is_found(settings: Settings, database: Database) -> None:
    database.close()
    connection = sqlite3.connect(settings.data_dir / "beholder.sqlite3")
    connection.execute("DROP TRIGGER votes_no_update")
    connection.execute("UPDATE votes SET side = 'right' WHERE id = 1")
    connection.commit()
    connection.close()
    result = doctor("--verify")
    assert result.exit_code == 1
    assert "vote 1 was edited" in result.output


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("study")
def test_a_vote_that_was_slipped_in_is_found_without_verify(settings: Settings, database: Database) -> None:
    assert worst(contents.votes(database)) is State.WELL
    with sqlite3.connect(settings.data_dir / "beholder.sqlite3") as raw:
        raw.execute("DROP TRIGGER votes_no_update")
        raw.execute("UPDATE votes SET digest = 'another' WHERE id = 2")
    raw.close()
    assert "1 were never logged: vote 2" in the_ill(contents.votes(database)).finding


def test_a_desk_that_nobody_can_open_is_noted(database: Database) -> None:
    (found,) = people.accounts(database)
    assert "beholder account create" in found.fix
    login.create_account(database, "ada", None)
    (found,) = people.accounts(database)
    assert found.fix == "run `beholder account link 'ada'`"
    login.one_time_link(database, "ada")
    (found,) = people.accounts(database)
    assert (found.state, "no password yet" in found.finding) == (State.NOTE, True)
    with database.write() as db:
        db.execute(update(Account).values(password_hash="a hash"))
    assert worst(people.accounts(database)) is State.WELL


def test_jobs_that_nobody_does_are_ill(settings: Settings, database: Database) -> None:
    store.launch(database, build.training(), title="a training")
    assert "1 job to do and no worker" in the_ill(machine.workers(settings, database)).finding
    with database.write() as db:
        db.add(Worker(name="ada", devices="cpu", started_at=clock.now(), seen_at=clock.now()))
    assert worst(machine.workers(settings, database)) is State.WELL


def test_a_job_held_by_a_worker_that_is_gone_is_told(settings: Settings, database: Database) -> None:
    store.launch(database, build.training(), title="a training")
    held = build.claimed(database)
    with database.write() as db:
        db.execute(update(Job).values(lease_until=clock.now() - timedelta(minutes=5)))
    found = [finding for finding in machine.workers(settings, database) if finding.check == "leases"]
    assert the_ill(iter(found)).fix == "run `beholder worker`"
    assert f"({held.job})" in found[0].finding
    with database.write() as db:
        db.add(Worker(name="bee", devices="cpu", started_at=clock.now(), seen_at=clock.now()))
    assert worst(machine.workers(settings, database)) is State.NOTE


def test_weights_that_a_measure_needs_are_looked_for(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = machine.weights(settings)
    assert (found.state, found.finding) == (State.WELL, "none of the 3 measures needs any")
    learned = replace(catalog.MEASURES["mae"], id="learned", name="A learned measure", needs_weights=True)
    monkeypatch.setitem(catalog.MEASURES, "learned", learned)
    found = the_ill(machine.weights(settings))
    assert "A learned measure needs weights" in found.finding
    (settings.data_dir / "weights").mkdir(parents=True)
    (settings.data_dir / "weights" / "learned.pt").touch()
    assert worst(machine.weights(settings)) is State.WELL


def test_a_gpu_that_is_not_there_is_ill(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.jobs.devices._installed", list)
    told = settings.model_copy(update={"gpus": "7"})
    assert the_ill(machine.device(told)).fix == "say auto or none"


@pytest.mark.usefixtures("quiet_machine")
def test_a_gpu_that_pytorch_cannot_use_is_ill(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "slots", lambda _: (Slot("0"),))
    assert "can use no GPU" in the_ill(machine.device(settings)).finding


@pytest.mark.usefixtures("quiet_machine")
def test_more_threads_than_cores_are_noted(settings: Settings) -> None:
    assert worst(machine.device(settings.model_copy(update={"gpus": "none"}))) is State.WELL
    assert worst(machine.device(settings.model_copy(update={"gpus": "none", "threads": 4096}))) is State.NOTE


def test_a_machine_without_pytorch_is_noted(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "find_spec", lambda name: None)
    (found,) = machine.device(settings)
    assert (found.state, "pip install '.[trainer]'" in found.fix) == (State.NOTE, True)


def test_a_pytorch_that_cannot_be_loaded_is_ill(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_ASK_TORCH", "raise ImportError('libcudart.so is gone')")
    assert "libcudart.so is gone" in the_ill(machine.device(settings)).finding


def test_the_real_device_and_the_real_engine_answer(settings: Settings) -> None:
    told = settings.model_copy(update={"gpus": "none"})
    assert worst(machine.device(told)) is State.WELL
    assert worst(machine.engine(told)) is State.WELL


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ([sys.executable, "-m", "no_such_trainer", "trainer"], "No module named no_such_trainer"),
        (["/no/such/python", "trainer"], "No such file"),
        ([sys.executable, "-c", "import time; time.sleep(60)", "trainer"], "no answer within 1 seconds"),
    ],
)
def test_an_engine_that_does_not_start_is_ill(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, argv: list[str], says: str
) -> None:
    monkeypatch.setattr(machine, "trainer_argv", lambda job, attempt: argv)
    monkeypatch.setattr(machine, "_PATIENCE", 1)
    assert says in the_ill(machine.engine(settings)).finding


@pytest.mark.usefixtures("quiet_machine")
def test_runs_that_are_no_folder_are_ill(settings: Settings) -> None:
    settings.data_dir.mkdir()
    settings.runs.touch()
    assert "is no folder" in the_ill(machine.engine(settings)).finding


def test_a_look_that_goes_wrong_hides_no_other(study: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> Iterator[Finding]:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(people, "accounts", breaks)
    found = list(examine(verify=False))
    assert "ZeroDivisionError: of all things" in the_ill(iter(found)).finding
    assert "workers" in {finding.check for finding in found}
