"""German and Chinese are shipped whole: every message, each with its values, in as many forms as the language has."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app.resources import LOCALES
from app.studies.wording import CONSENT, INSTRUCTIONS, QUESTION, QUESTIONNAIRE
from app.web.languages import Languages
from tests.web import messages

SHIPPED = sorted(LOCALES.glob("*.po"))
VALUE = re.compile(r"%\(\w+\)s")


def told_in(name: str) -> list[str]:
    """Every form of every message in that language."""
    with (LOCALES / f"{name}.po").open("rb") as file:
        catalog = read_po(file, abort_invalid=True)
    each = [message.string for message in catalog if message.id]
    return [form for forms in each for form in ([forms] if isinstance(forms, str) else forms)]


def test_these_languages_are_shipped() -> None:
    assert Languages(LOCALES).tags == ["en", "de", "zh-Hans"]
    assert [texts.name for texts in Languages(LOCALES).offered(())] == ["English", "Deutsch", "中文 (简体)"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_language_is_whole_and_no_word_of_it_is_in_doubt(path: Path) -> None:
    with path.open("rb") as file:
        catalog = read_po(file, abort_invalid=True)
    assert catalog.locale is not None
    assert messages.told(catalog).keys() == messages.told(messages.extracted()).keys()
    assert [message.id for message in catalog if message.fuzzy and message.id] == []
    for message in catalog:
        if not message.id:
            continue
        originals = [message.id] if isinstance(message.id, str) else list(message.id)
        forms = [message.string] if isinstance(message.string, str) else list(message.string)
        assert len(forms) == (1 if isinstance(message.id, str) else catalog.num_plurals), message.id
        needed = set(VALUE.findall(originals[-1])) - ({"%(number)s"} if len(originals) > 1 else set())
        for form in forms:
            assert form.strip() == form, message.id
            assert form, message.id
            assert needed <= set(VALUE.findall(form)), message.id
        assert set(VALUE.findall(forms[-1])) == set(VALUE.findall(originals[-1])), message.id


@pytest.mark.parametrize("tag", ["de", "zh-Hans"])
def test_the_texts_that_a_study_keeps_are_told_in_the_language(tag: str) -> None:
    texts = Languages(LOCALES).texts(tag)
    kept = [QUESTION, CONSENT, INSTRUCTIONS]
    kept += [text for asked in QUESTIONNAIRE for text in (asked.label, *asked.options)]
    assert [text for text in kept if texts.raw(text) == text] == []


def test_no_text_of_the_chinese_pages_is_in_another_language() -> None:
    forms = told_in("zh_Hans")
    assert [form for form in forms if not re.search("[\u4e00-\u9fff]", form)] == ["<kbd>F</kbd>", "<kbd>Esc</kbd>"]


@pytest.mark.parametrize(
    ("name", "foreign"),
    [
        ("de", r"""["'”]|(?i:\b(du|dich|dir|deine?[mnrs]?)\b)"""),  # „so“, and everybody is Sie
        ("zh_Hans", """["'„]|[\u4e00-\u9fff] ?[,.;:!?()]|你"""),  # full stops of full width, and everybody is 您
    ],
)
def test_a_language_has_its_own_marks_and_one_form_of_address(name: str, foreign: str) -> None:
    assert [form for form in told_in(name) if re.search(foreign, form)] == []
