"""YAML means what it says, or is refused with the line and what to write instead."""

from pathlib import Path
from typing import Any

import pytest

from app.errors import BadInput
from app.strict_yaml import LONGEST, MOST_VALUES, Sort, in_a_row, load, needs_quotes, read


class Odd(BadInput):
    """A list that nobody can shop by."""


LIST = Sort("list", Odd, "write lines such as 'milk: 2'")


def said(text: str) -> dict[str, Any]:
    return load(text.encode(), "shop.yaml", LIST)[0]


def test_words_numbers_and_truth_values_are_what_they_look_like() -> None:
    text = "a: plain words\nb: 12\nc: -0.5\nd: 1e3\ne: 1.5e-4\nf: true\ng: null\nh:\n"
    text += "i: 'no'\nj: \"1e3\"\nk: y\nl: [.5, 0]\n"
    assert said(text) == {
        "a": "plain words", "b": 12, "c": -0.5, "d": 1000.0, "e": 1.5e-4, "f": True, "g": None, "h": None, "i": "no",
        "j": "1e3", "k": "y", "l": [0.5, 0],
    }  # fmt: skip


def test_a_file_may_begin_with_a_byte_order_mark_and_a_document_mark() -> None:
    assert load("\ufeff---\na: é\n".encode(), "shop.yaml", LIST)[0] == {"a": "é"}


@pytest.mark.parametrize(
    ("text", "line", "told", "fix"),
    [
        ("a: 1\nb: no\n", 2, "'no' may be a word or a truth value", "true or false, or 'no' in quotes"),
        ("a: Yes\n", 1, "a word or a truth value", "'Yes' in quotes"),
        ("off: 1\n", 1, "a word or a truth value", "in quotes"),
        ("a: 2026-11-30\n", 1, "may be a date or a text", "write '2026-11-30' in quotes"),
        ("a: 2026-11-30 12:00:00\n", 1, "may be a date", "in quotes"),
        ("a: 12:30\n", 1, "no number in plain digits", "'12:30' in quotes"),
        ("a: 010\n", 1, "no number in plain digits", "1000 or 0.5"),
        ("a: 0x1F\n", 1, "no number in plain digits", "in quotes"),
        ("a: 1_000\n", 1, "no number in plain digits", "1000"),
        ("a: .nan\n", 1, "no number in plain digits", "0.5"),
        (f"a: {'9' * 5000}\n", 1, "too large for a number", "smaller"),
        ("a: 1e999\n", 1, "too large", "smaller"),
        ("a: 1\na: 2\n", 2, "the key 'a' stands on line 1 already", "Keep one of the two"),
        ("b:\n  a: 1\n  a: 2\n", 3, "the key 'a' stands on line 2 already", "Keep one"),
        ("7: a\n", 1, "'7' cannot be a key", "quotes"),
        ("true: a\n", 1, "'true' cannot be a key", "quotes"),
        ("? [a]\n: b\n", 1, "a list or a mapping cannot be a key", "text"),
        ("a: &x [1]\nb: *x\n", 1, "&x marks a part to be repeated", "Take the mark out"),
        ("b: *x\n", 1, "*x repeats what stands elsewhere", "Write it out"),
        ("a: 1\n<<: {b: 2}\n", 2, "<< means something else in YAML", "in quotes"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "is a tag", "take it out"),
        ("a: !!str 5\n", 1, "is a tag", "quotes"),
        ("!shop a: 1\n", 1, "is a tag", "take it out"),
        ("a: 1\n---\nb: 2\n", 2, "a second document begins here", "Keep one"),
        ("a: [1\n", 2, "not YAML", "Correct that line"),
        ("a: one: two\n", 1, "not YAML", "quotes"),
        ("a: 1\n\tb: 2\n", 2, "not YAML", "Correct that line"),
        ("a: 1\nb: \x07\n", 2, "holds the character U+0007", "Take it out"),
        ('a: "\\0"\n', 1, "a null or half of a character", "Take it out"),
        ('a: "\\ud800"\n', 1, "a null or half of a character", "Take it out"),
        ("a: " + "[" * 20 + "]" * 20, 1, "deeper than 12 levels", "Correct"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_with_its_line(text: str, line: int, told: str, fix: str) -> None:
    with pytest.raises(Odd) as refused:
        said(text)
    assert refused.value.detail.startswith(f"shop.yaml, line {line}: ")
    assert told in refused.value.detail
    assert fix.lower() in refused.value.fix.lower()


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n- b\n", "milk\n", "12\n"])
def test_a_file_that_holds_no_mapping_is_refused_with_how_one_begins(text: str) -> None:
    with pytest.raises(Odd, match=r"shop\.yaml holds no list: write lines such as 'milk: 2'"):
        said(text)


def test_what_is_nested_a_million_times_is_refused_and_not_read_to_its_end() -> None:
    with pytest.raises(Odd, match="deeper than"):
        said("a: " + "[" * (LONGEST - 10))
    with pytest.raises(Odd, match="more than 500,000 characters"):
        said("a" * (LONGEST + 1))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(Odd, match=r"The list .*gone\.yaml cannot be read: No such file"):
        read(tmp_path / "gone.yaml", LIST)
    (tmp_path / "latin.yaml").write_bytes("a: Käse".encode("latin-1"))
    with pytest.raises(Odd, match="not a text in UTF-8"):
        read(tmp_path / "latin.yaml", LIST)


def test_a_key_that_does_not_exist_is_told_with_its_line_and_the_one_that_was_meant() -> None:
    content, source = load(b"milk: 2\nshop:\n  naem: corner\n", "shop.yaml", LIST)
    source.require_keys(content, ("milk", "shop"))
    with pytest.raises(Odd, match=r"shop.yaml, line 3: shop: there is no key 'naem' \(did you mean 'name'\?\)"):
        source.require_keys(content["shop"], ("name",), "shop")
    with pytest.raises(Odd, match=r"line 1: there is no key 'milk' \(the keys are bread, butter\)"):
        source.require_keys(content, ("bread", "butter"))


def test_a_complaint_about_a_part_without_a_line_has_that_of_the_nearest_around_it() -> None:
    _, source = load(b"milk: 2\nshop:\n  - a\n  - b\n", "shop.yaml", LIST)
    assert source.at("shop", 1) == "shop.yaml, line 4"
    assert source.at("shop", 1, "name") == "shop.yaml, line 4"
    assert source.at("bread") == "shop.yaml, line 1"


@pytest.mark.parametrize("text", ["no", "1e3", "2026-11-30", "12:30", "", "~", "true", "5", "<<", "0x1F"])
def test_a_text_that_looks_like_something_else_needs_quotes(text: str) -> None:
    assert needs_quotes(text)
    assert said(f"a: '{text}'\n") == {"a": text}


@pytest.mark.parametrize("text", ["y", "mae", "ms_ssim", "1 - ms_ssim", "a = b", "2 cups"])
def test_other_texts_need_none(text: str) -> None:
    assert not needs_quotes(text)
    assert said(f"a: {text}\n") == {"a": text}


@pytest.mark.parametrize("text", ["a: [{}]\n", "a:\n{}", "{{{}}}"])
def test_a_file_of_very_many_values_is_refused_where_they_become_too_many(text: str) -> None:
    piece = {"a: [{}]\n": "1,", "a:\n{}": "- 1\n", "{{{}}}": "k{}: 1,"}[text]
    many = "".join(piece.format(n) for n in range(MOST_VALUES + 10))
    assert len(many) < LONGEST
    with pytest.raises(Odd, match=f"the file has more than {MOST_VALUES:,} values"):
        said(text.format(many))
    few = "".join(piece.format(n) for n in range(MOST_VALUES // 2))
    assert said(text.format(few))


def test_of_very_many_complaints_the_first_are_told() -> None:
    assert in_a_row(map(str, range(3))) == "0; 1; 2"
    assert in_a_row(map(str, range(1000))).endswith("; 18; 19; and 980 more")
