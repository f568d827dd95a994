"""The glossary in docs/architecture.md has the words that the program itself uses."""

import pytest

from app.db.models import TrialKind
from app.jobs.presets import PRESETS
from tests.docs import pages

GLOSSARY = dict(pages.table(pages.sections(pages.read("architecture.md"))["Glossary"], "word"))


@pytest.mark.parametrize(("word", "named"), [("trial", list(TrialKind)), ("preset", list(PRESETS))])
def test_a_word_with_kinds_names_them_all(word: str, named: list[str]) -> None:
    assert not [str(one) for one in named if str(one) not in GLOSSARY[word]]


def test_what_the_tables_call_things_is_explained() -> None:
    """A table is called after a word of the glossary, in the plural."""
    told = set(GLOSSARY)
    for table in ("studies", "stimuli", "pairs", "subjects", "sessions", "trials", "votes", "exclusions", "photographs",
                  "jobs", "renderings", "workers", "logins"):  # fmt: skip
        word = {"studies": "study", "stimuli": "stimulus"}.get(table, table.removesuffix("s"))
        assert word in told, f"the glossary does not explain {word}"


def test_every_word_is_explained_once_and_in_other_words() -> None:
    rows = pages.table(pages.sections(pages.read("architecture.md"))["Glossary"], "word")
    assert len(rows) == len(GLOSSARY)
    for word, meaning in rows:
        assert len(meaning.split()) >= 3, word
