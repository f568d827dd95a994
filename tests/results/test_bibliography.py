"""Citations and the works behind them: every key exists, and nothing is listed that nobody cites."""

import re

import pytest

from app.catalog import MEASURES
from app.results.bibliography import bibtex, cite, cited, pieces
from app.results.measure_references import OF_MEASURES
from app.results.references import REFERENCES

NEEDED = {
    "article": {"author", "title", "journal", "year", "volume", "pages"},
    "book": {"author", "title", "publisher", "year"},
    "inproceedings": {"author", "title", "booktitle", "year", "pages"},
    "techreport": {"author", "title", "institution", "type", "number", "year"},
    "misc": {"author", "title", "year", "eprint", "archiveprefix"},
}
_ENTRY = re.compile(r"@(\w+)\{(\w+),\n((?:  \w+ = \{.*\},\n)+)\}\n")


def parsed(text: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Kind and fields of each entry, by key; whatever is no entry fails."""
    entries = {found[2]: (found[1], found[3]) for found in _ENTRY.finditer(text)}
    assert not _ENTRY.sub("", text).strip(), "something is no entry"
    return {key: (kind, dict(re.findall(r"  (\w+) = \{(.*)\},\n", fields))) for key, (kind, fields) in entries.items()}


def test_every_work_is_an_entry_that_any_latex_reads() -> None:
    text = bibtex(REFERENCES.values())
    assert text.isascii()
    entries = parsed(text)
    assert list(entries) == list(REFERENCES)
    for key, (kind, fields) in entries.items():
        assert fields.keys() >= NEEDED[kind], key
        assert re.fullmatch(r"\d{4}", fields["year"]), key
        assert key.endswith(fields["year"]) or key.startswith("itu")
        assert re.fullmatch(r"\w+--\w+", fields.get("pages", "1--2")), key
        for value in fields.values():
            assert value.count("{") == value.count("}"), key
            assert not re.search(r"(?<!\\)[&%#$]", value), key
        if kind == "article":
            assert "doi" in fields or key in ("holm1979", "demsar2006")  # which have none
    assert entries["perezortiz2017"][1]["author"] == r"P{\'e}rez-Ortiz, Mar{\'i}a and Mantiuk, Rafa{\l} K."


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("davidson1970", "Davidson, Roger R. (1970). On Extending the Bradley–Terry Model to Accommodate Ties"),
        ("harris2020", "Harris, Charles R., et al. (2020). Array Programming with NumPy. Nature 585, 357–362. https"),
        ("itup910", "Telecommunication Union, Recommendation ITU-T P.910 (10/2023). https://www.itu.int/rec/"),
        ("bradley1952", "Bradley, Ralph Allan; and Terry, Milton E. (1952). Rank Analysis"),
        ("student1908", "Student (1908). The Probable Error of a Mean. Biometrika 6(1), 1–25."),
    ],
)
def test_a_work_can_be_read_without_latex(key: str, told: str) -> None:
    assert told in REFERENCES[key].in_words


def test_a_text_cites_by_key_and_other_brackets_are_text() -> None:
    text = f"By Holm {cite('holm1979', 'piepho2004')}, not [@nobody1900] and not [@holm1979"
    assert [work.key for work in cited([text, text])] == ["holm1979", "piepho2004"]
    assert list(pieces(text)) == [
        ("By Holm ", ("holm1979", "piepho2004")),
        (", not [@nobody1900] and not [@holm1979", ()),
    ]


def test_a_work_that_does_not_exist_cannot_be_cited() -> None:
    with pytest.raises(KeyError):
        cite("nobody1900")


def test_measures_with_a_paper_have_their_reference() -> None:
    papers = {name: re.sub(r" \(.*\)$", "", measure.paper) for name, measure in MEASURES.items()}  # without remarks
    assert OF_MEASURES.keys() == {name for name, paper in papers.items() if re.search(r"\d{4}$", paper)}
    for name, key in OF_MEASURES.items():
        authors, year = re.split(r"[,&]", papers[name])[0], papers[name][-4:]
        assert REFERENCES[key].fields["author"].startswith(authors.strip())
        assert REFERENCES[key].fields["year"] == year
