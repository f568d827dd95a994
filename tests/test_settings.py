"""What the settings make of what they were told."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from app.db import Database
from app.settings import Settings


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
