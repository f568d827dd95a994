"""Which language a subject gets, and what a file of translations may and may not do."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.web.languages import Languages
from app.web.texts import Texts
from tests.web import messages, pseudo

_HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
_PLURALS = '"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"\n'


def languages(folder: Path, *tags: str) -> Languages:
    for tag in tags:
        (folder / f"{tag}.po").write_text(_HEAD, encoding="utf-8")
    return Languages(folder)


def polish(folder: Path, *entries: str) -> Texts:
    (folder / "pl.po").write_text(_HEAD + _PLURALS + "\n" + "\n\n".join(entries) + "\n", encoding="utf-8")
    return Languages(folder).texts("pl")


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("de", "de"),
        ("de-AT, en;q=0.5", "de"),
        ("fr, de;q=0.4, en;q=0.8", "en"),
        ("fr;q=0.9, pt;q=0.2", "pt-BR"),
        ("zh-CN", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-TW, de;q=0.1", "de"),
        ("DE", "de"),
        ("en-GB, de", "en"),
        ("de;q=0, pt-BR", "pt-BR"),
        ("fr", "en"),
        ("*", "en"),
        ("", "en"),
        (";;q=x,,—, de;q=much, " + "x" * 5000, "en"),
    ],
)
def test_a_browser_gets_the_language_it_likes_best_among_those_there_are(
    tmp_path: Path, asked: str, given: str
) -> None:
    there = languages(tmp_path, "de", "zh_Hans", "pt_BR")
    assert there.tags == ["en", "de", "pt-BR", "zh-Hans"]
    assert there.asked_for(asked).tag == given


@pytest.mark.parametrize(("tag", "given"), [("de", "de"), ("de-CH", "de"), ("fr", "en"), ("<b>", "en"), ("", "en")])
def test_an_unknown_language_is_english(tmp_path: Path, tag: str, given: str) -> None:
    assert languages(tmp_path, "de").texts(tag).tag == given


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("de.po", b"no catalogue at all"),
        ("de.po", _HEAD.encode() + b'\nmsgid "Start"\nmsgstr "\xff\xfe"\n'),
        ("de.po", _HEAD.encode() + b'"Plural-Forms: nplurals=two; plural=__import__;\\n"\n\nmsgid "a"\nmsgstr "b"\n'),
        ("klingon.po", _HEAD.encode()),
    ],
)
def test_a_file_that_cannot_be_read_leaves_english_and_a_warning(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with capture_logs() as logs:
        there = Languages(tmp_path)
    assert there.tags == ["en"]
    assert [(line["event"], line["file"], line["log_level"]) for line in logs] == [
        ("language left out", name, "warning")
    ]
    assert there.asked_for("de").say("Start") == "Start"


@pytest.mark.parametrize(
    ("original", "translation"),
    [
        ("%(answered)s of it", "%(beantwortet)s davon"),
        ("%(answered)s of it", "100 % davon"),
        ("%(answered)s of it", "%(answered)d davon"),
        ("<kbd>R</kbd> held", "R halten"),
        ("<kbd>R</kbd> held", "<kbd>R</kbd><script>alert(1)</script>"),
        ("Start", "<b>Anfang</b>"),
        ("Start", "Anfang &amp; Ende"),
    ],
)
def test_a_translation_with_other_values_or_markup_than_its_original_is_left_out(
    tmp_path: Path, original: str, translation: str
) -> None:
    with capture_logs() as logs:
        texts = polish(tmp_path, f'msgid "{original}"\nmsgstr "{translation}"', 'msgid "Done"\nmsgstr "Gotowe"')
    assert texts.raw(original) == original
    assert texts.say("Done") == "Gotowe"
    assert [line["event"] for line in logs] == ["translation left out"]


def test_a_translation_that_its_author_doubts_is_not_shown(tmp_path: Path) -> None:
    assert polish(tmp_path, '#, fuzzy\nmsgid "Done"\nmsgstr "Zrobione?"').say("Done") == "Done"


def test_values_are_escaped_and_so_are_translations_without_markup(tmp_path: Path) -> None:
    texts = polish(
        tmp_path,
        'msgid "by %(name)s"\nmsgstr "to \\"%(name)s\\""',
        'msgid "<kbd>R</kbd> by %(name)s"\nmsgstr "<kbd>R</kbd> to %(name)s"',
    )
    assert texts.gettext("by %(name)s", name="<i>") == "to &#34;&lt;i&gt;&#34;"
    assert texts.gettext("<kbd>R</kbd> by %(name)s", name="<i>") == "<kbd>R</kbd> to &lt;i&gt;"
    assert texts.say("by %(name)s", name="<i>") == 'to "<i>"'


def test_numbers_and_plurals_are_those_of_the_language(tmp_path: Path) -> None:
    one, many = "%(number)s pair", "%(number)s pairs"
    entry = f'msgid "{one}"\nmsgid_plural "{many}"\n' + "\n".join(
        f'msgstr[{n}] "%(number)s {form}"' for n, form in enumerate(("para", "pary", "par"))
    )
    texts = polish(tmp_path, entry)
    written = [texts.count(one, many, number) for number in (1, 3, 5, 22, 12345)]
    assert written == ["1 para", "3 pary", "5 par", "22 pary", "12\u00a0345 par"]
    assert texts.forms(one, many) == {
        "one": "%(number)s para",
        "few": "%(number)s pary",
        "many": "%(number)s par",
        "other": "%(number)s par",
    }
    assert Languages(tmp_path).texts("en").forms(one, many) == {"one": one, "other": many}


def test_a_language_written_from_right_to_left_says_so(tmp_path: Path) -> None:
    there = Languages(pseudo.write(tmp_path, "ar"))
    assert (there.texts("ar").direction, there.texts("en").direction) == ("rtl", "ltr")
    assert set(there.texts("ar").forms("%(number)s answer not taken", "%(number)s answers not taken")) == {
        "zero", "one", "two", "few", "many", "other",
    }  # fmt: skip


def test_the_commands_of_the_page_make_a_language_and_renew_it(tmp_path: Path) -> None:
    page = (messages.ROOT / "docs/translating.md").read_text(encoding="utf-8")
    made, renewed = re.findall(r"^\.venv/bin/(pybabel .*?) *#", page, flags=re.MULTILINE)
    (tmp_path / "locales").mkdir()
    shutil.copy(messages.POT, tmp_path / "locales")
    for command in (made, renewed):
        subprocess.run(
            [sys.executable, "-m", "babel.messages.frontend", *command.split()[1:]],
            cwd=tmp_path, check=True, capture_output=True,
        )  # fmt: skip
    there = Languages(tmp_path / "locales")
    assert there.tags == ["en", "fr"]
    assert there.texts("fr").say("Done. Thank you!") == "Done. Thank you!"
