"""Settings have their labels on pages, and their names in files, scripts and at the terminal."""

import ast
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import app
from app.db import Database
from app.media import Media
from app.studies import service
from app.studies.protocol import Protocol
from app.web.setting_labels import labelled
from tests.web import small_study

ROOT = Path(app.__file__).parent
SPEAKING = (*sorted((ROOT / "studies").glob("*lint.py")), ROOT / "sessions" / "recruiting.py")
NAMES = [name for name in Protocol.model_fields if "_" in name]  # others are words of every day


def sentences(path: Path) -> Iterator[str]:
    """Every text of a module that is more than a word."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.value


def bare(text: str) -> list[str]:
    """The settings that a sentence names without backticks."""
    return [name for name in NAMES if re.search(rf"(?<![`\w]){name}(?![`\w])", text)]


def test_a_sentence_names_a_setting_between_backticks_so_that_a_page_can_call_it_by_its_label() -> None:
    assert bare("set catch_trials to 0") == ["catch_trials"]
    assert bare("set `catch_trials` to 0, and catch_trials_more") == []
    for path in SPEAKING:
        assert {text: bare(text) for text in sentences(path) if bare(text)} == {}, path.name
    for name, field in Protocol.model_fields.items():
        assert isinstance(field.json_schema_extra, dict), name
        reason = field.json_schema_extra["reason"]
        assert bare(f"{field.description} {reason}") == [], name


def test_labels_stand_in_quotes_and_everything_else_between_backticks_is_code() -> None:
    told = labelled("set `blank_ms` to <0>, or run `beholder study check`")
    assert told == "set “Blank (ms)” to &lt;0&gt;, or run <code>beholder study check</code>"
    assert labelled("one `of") == "one `of"


@pytest.mark.one_database
def test_a_page_calls_a_setting_by_its_label_and_leads_to_it_and_a_script_is_told_its_name(
    desk: TestClient, database: Database, media: Media, pictures: Path
) -> None:
    study = small_study.create(database, media, pictures, opened=False, catch_trials=50)
    (fault,) = [one for one in service.lint(database, media, study) if one.setting == "catch_trials"]
    assert fault.fix.startswith("set `catch_trials` to at most ")
    for place in ("checks", "open"):
        page = html.unescape(desk.get(f"/admin/studies/{study}/set-up/{place}").text)
        assert "set “Catch trials” to at most " in page
        assert '#catch_trials">Go to “Catch trials”</a>' in page
        assert "`" not in page
    page = html.unescape(desk.get(f"/admin/studies/{study}/set-up/protocol").text)
    assert "Hours until the next sitting, where “Sitting minutes” limits one." in page
    page = html.unescape(desk.get(f"/admin/studies/{study}/links").text)
    assert "“Failed code” is empty" in page
    assert f'href="/admin/studies/{study}/set-up/recruiting#public_quota"' in page
