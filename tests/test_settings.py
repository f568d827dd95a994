"""What the settings make of what they were told."""

import stat
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from app.cli._environment import BadSettings, read_settings, unknown_names
from app.db import Database
from app.settings import BadSecret, Settings

pytestmark = pytest.mark.one_database  # what settings say

_TIMES = ("LEASE_SECONDS", "HEARTBEAT_SECONDS", "CHECKPOINT_SECONDS", "LOGIN_HOURS")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://localhost:8000"),
        ("0.0.0.0", "http://localhost:8000"),
        ("::", "http://localhost:8000"),
        ("::1", "http://[::1]:8000"),
        ("lab.example", "http://lab.example:8000"),
    ],
)
def test_the_printed_address_is_one_that_a_browser_takes(settings: Settings, host: str, address: str) -> None:
    assert settings.model_copy(update={"host": host}).address == address


@pytest.mark.sqlite_only  # whose URL is made of the folder's name
@pytest.mark.parametrize("name", ["a b", "a#b", "a?b=c", "a%20b", "ä&b"])
def test_a_data_folder_may_have_any_name(settings: Settings, tmp_path: Path, name: str) -> None:
    told = settings.model_copy(update={"data_dir": tmp_path / name})
    assert unquote(urlsplit(told.media).path) == str(tmp_path / name / "media")
    database = Database(told.database)
    with database.engine.connect():
        pass
    database.close()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name / "beholder.sqlite3").is_file()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("LEASE_SECONDS", "29", "a lease lasts at least two heartbeats"),
        ("HEARTBEAT_SECONDS", "46", "a lease lasts at least two heartbeats"),
        ("BASE_URL", "lab.example", "must begin with http://"),
        ("BASE_URL", "lab.example:8000", "must begin with http://"),
        ("BASE_URL", "ftp://lab.example", "must begin with http://"),
        ("BASE_URL", "https://", "must begin with http://"),
        ("BASE_URL", "https://ada:tortoise@lab.example", "must begin with http://"),
        ("BASE_URL", "https://lab.example?study=1", "must end with the name and the port"),
        ("BASE_URL", "https://lab.example/#top", "must end with the name and the port"),
        ("BASE_URL", "https://lab.example/beholder", "must end with the name and the port"),
        ("BASE_URL", "https://lab.example:many", "is no address"),
        ("HOSTS", "lab.example,https://lab.example", "'https://lab.example' is none"),
        ("HOSTS", "lab.example:8000", "'lab.example:8000' is none"),
        ("HOSTS", "lab.example/desk", "'lab.example/desk' is none"),
        ("HOST", "0.0.0.0:8000", "without scheme, port or path"),
        ("MEDIA_URL", "dropbox://tortoise@box", "must begin with file:///"),
        ("MEDIA_URL", "/srv/media", "must begin with file:///"),
        ("MEDIA_URL", "file://media", "from the root"),
        ("MEDIA_URL", "s3:///folder", "must name a bucket"),
        ("DATABASE_URL", "mysql://beholder:tortoise@db/beholder", "must begin with postgresql://"),
        ("DATABASE_URL", "beholder.sqlite3", "must begin with postgresql://"),
        ("DATABASE_URL", "sqlite://beholder.sqlite3", "after three slashes"),
        ("DATABASE_URL", "sqlite://", "after three slashes"),
        ("DATABASE_URL", "postgresql://beholder:tortoise@[db/beholder", "is no address"),
        ("DATABASE_URL", "postgresql://beholder:tortoise@db:many/beholder", "is no address"),
        ("GPUS", "0;1", "must be auto, none, or indices"),
        ("GPUS", "all", "must be auto, none, or indices"),
        ("DATA_DIR", __file__, "must name a folder"),
        ("DATA_DIR", f"{__file__}/data", "must name a folder"),
        ("PORT", "65536", "less than or equal to 65535"),
        ("LOG_LEVEL", "LOUD", "'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"BEHOLDER_{name}", value)
    with pytest.raises(BadSettings) as told:
        read_settings()
    assert says in told.value.detail
    assert "tortoise" not in told.value.message  # a password
    named = "HEARTBEAT_SECONDS" if name == "LEASE_SECONDS" else name
    assert told.value.detail.startswith(f"These settings cannot be used: BEHOLDER_{named} ")
    assert told.value.fix == "Correct them in the environment."


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        *((name, value, "finite number") for name in _TIMES for value in ("inf", "nan")),
        ("LOGIN_HOURS", "1e300", "must be at most 8760: that is a year"),
        ("LEASE_SECONDS", "86401", "must be at most 86400: a job whose worker is gone"),
        ("HEARTBEAT_SECONDS", "43201", "must be at most 43200: a lease lasts"),
        ("CHECKPOINT_SECONDS", "1e9", "must be at most 86400: a power cut"),
        ("THREADS", "99999999999999999999", "must be at most 4096: no machine"),
    ],
)
def test_a_time_without_end_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    monkeypatch.setenv(f"BEHOLDER_{name}", value)
    with pytest.raises(BadSettings) as told:
        read_settings()
    assert told.value.detail.startswith(f"These settings cannot be used: BEHOLDER_{name} ")
    assert says in told.value.detail


@pytest.mark.parametrize("kept", [b"", b"\n", b"ab", b"zz", b"0" * 62, b"0" * 66, b"z" * 64, b"00 " * 32, b"\xff" * 32])
def test_a_secret_that_is_not_whole_is_refused_and_left_as_it_is(settings: Settings, kept: bytes) -> None:
    whole = settings.secret()
    path = settings.data_dir / "secret"
    assert (len(whole), settings.secret()) == (32, whole)
    path.write_bytes(kept)
    with pytest.raises(BadSecret, match="ut it back from the backup"):
        settings.secret()
    assert path.read_bytes() == kept


def test_a_data_folder_that_the_program_makes_is_its_owners_alone(settings: Settings) -> None:
    settings.secret()
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o700


def test_everything_that_is_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GPUS", "BASE_URL", "PORT"):
        monkeypatch.setenv(f"BEHOLDER_{name}", "nonsense")
    with pytest.raises(BadSettings, match=r"BEHOLDER_PORT \(.*\); BEHOLDER_BASE_URL .*; BEHOLDER_GPUS "):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("PORT", "0", 0),
        ("PORT", "", 8000),
        ("HOSTS", "", ()),
        ("HOSTS", "lab.example, [fe80::1] ,192.0.2.1,", ("lab.example", "fe80::1", "192.0.2.1")),
        ("HOST", "::", "::"),
        ("GPUS", "", "auto"),
        ("GPUS", "0, 1", "0, 1"),
        ("BASE_URL", "https://lab.example:8443/", "https://lab.example:8443/"),
        ("BASE_URL", "http://[::1]:8000", "http://[::1]:8000"),
        ("DATABASE_URL", "postgresql:///beholder?host=/run/postgresql", "postgresql:///beholder?host=/run/postgresql"),
        ("DATABASE_URL", "sqlite:///beholder.sqlite3", "sqlite:///beholder.sqlite3"),
        ("MEDIA_URL", "s3://bucket/folder", "s3://bucket/folder"),
        ("LEASE_SECONDS", "30", 30.0),
    ],
)
def test_a_value_that_can_be_used_is_taken(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, meant: object
) -> None:
    monkeypatch.setenv(f"BEHOLDER_{name}", value)
    assert getattr(read_settings(), name.lower()) == meant


def test_an_unknown_name_is_told_with_the_one_that_was_meant() -> None:
    names = {"BEHOLDER_DATADIR": "x", "BEHOLDER_PORT": "1", "beholder_port": "1", "BEHOLDER_ZZZ": "", "HOME": "/"}
    assert unknown_names(names) == [
        "There is no setting BEHOLDER_DATADIR, so it changes nothing: did you mean BEHOLDER_DATA_DIR?",
        "There is no setting BEHOLDER_ZZZ, so it changes nothing: docs/settings.md lists those that there are.",
    ]


def test_a_store_is_shown_without_its_keys(settings: Settings) -> None:
    told = settings.model_copy(update={"media_url": "https://key:tortoise@store.example/box?sig=tortoise"})
    assert told.public_media == "https://store.example/box"
