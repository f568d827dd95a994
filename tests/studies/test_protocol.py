"""What an experimenter may say, and what the catch rule is worth."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.jobs.contract import digest_of
from app.studies.eras import SECOND, hashes
from app.studies.fields import AnswerKind
from app.studies.protocol import BadProtocol, Protocol, read


@pytest.mark.parametrize(("trials", "allowed", "percent"), [(5, 1, 18.75), (10, 1, 1.07), (10, 2, 5.47), (20, 3, 0.13)])
def test_the_power_of_the_catch_rule_is_exact(trials: int, allowed: int, percent: float) -> None:
    kept = Protocol(catch_trials=trials, catch_failures_allowed=allowed).catch_pass_probability()
    assert round(100 * kept, 2) == percent


def test_without_catch_trials_everybody_is_kept() -> None:
    assert Protocol(catch_trials=0).catch_pass_probability() == 1.0


def test_a_third_answer_makes_guessing_harder() -> None:
    forced, relaxed = Protocol(), Protocol(allow_tie=True)
    assert relaxed.catch_pass_probability() == pytest.approx((1 / 3) ** 5 + 5 * (2 / 3) * (1 / 3) ** 4)
    assert relaxed.catch_pass_probability() < forced.catch_pass_probability()


def test_a_protocol_cannot_be_changed_or_misspelt() -> None:
    with pytest.raises(ValidationError):
        Protocol().blank_ms = 3  # type: ignore[misc]
    with pytest.raises(
        BadProtocol, match=r"`catch_trails`: there is no such setting; the settings are plan, .*question, .*trials"
    ):
        read({"catch_trails": 3})


def test_a_translation_of_what_has_none_is_told_what_can_be_translated() -> None:
    with pytest.raises(
        BadProtocol,
        match="de, name: there is no such text; "
        "a translation has title, question, consent_text, instructions, questionnaire",
    ):
        read({"languages": ["en", "de"], "translations": {"de": {"name": "Was?"}}})


def test_a_translation_without_a_title_is_hashed_as_it_was_when_titles_had_none() -> None:
    before = {"question": "Welches?", "consent_text": "", "instructions": "", "questionnaire": []}
    said = read({"languages": ["en", "de"], "translations": {"de": {"question": "Welches?"}}})
    assert said.model_dump(mode="json")["translations"] == {"de": before}
    titled = read({"languages": ["en", "de"], "translations": {"de": {"question": "Welches?", "title": "Welche?"}}})
    assert titled.model_dump(mode="json")["translations"] == {"de": {"title": "Welche?", **before}}
    assert titled.hash != said.hash
    with pytest.raises(BadProtocol, match="no control characters"):
        read({"translations": {"de": {"title": "Wel\u202eche?"}}})


def test_every_wrong_setting_is_named_at_once() -> None:
    with pytest.raises(BadProtocol) as refused:
        read({"block_size": "many", "blank_ms": -1})
    assert "`block_size`: " in refused.value.message
    assert "`blank_ms`: " in refused.value.message
    assert refused.value.status == 422


def test_a_rule_that_excludes_nobody_is_refused() -> None:
    with pytest.raises(BadProtocol, match="5 of 5 catch trials would never exclude anybody"):
        read({"catch_failures_allowed": 5})


def test_a_form_may_send_text() -> None:
    said = {"trials_per_session": "40", "allow_tie": "true", "question": "  Which one?  "}
    assert read(said) == Protocol(trials_per_session=40, allow_tie=True, question="Which one?")


def test_equal_protocols_have_equal_hashes() -> None:
    assert Protocol().hash == Protocol(catch_trials=5).hash
    assert Protocol().hash != Protocol(catch_trials=6).hash
    assert Protocol().consent_hash != Protocol(consent_text="Yes?").consent_hash


@given(st.integers(1, 900), st.integers(2, 200), st.integers(0, 30))
def test_blocks_are_equally_long_and_no_longer_than_allowed(pairs: int, block_size: int, catch: int) -> None:
    protocol = Protocol(block_size=block_size, catch_trials=catch, catch_failures_allowed=0)
    comparisons = protocol.comparisons(pairs)
    sizes = protocol.block_sizes(comparisons)
    assert sum(sizes) == comparisons + catch
    assert max(sizes) - min(sizes) <= 1
    assert (len(sizes) - 1) * block_size < comparisons <= len(sizes) * block_size


def test_the_published_session_has_five_blocks() -> None:
    assert Protocol().block_sizes(500) == (101,) * 5


def test_every_setting_has_a_description_and_a_reason_and_stands_in_the_guide() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "running-a-study.md").read_text(encoding="utf-8")
    for name, field in Protocol.model_fields.items():
        extra = field.json_schema_extra
        assert field.description
        assert isinstance(extra, dict)
        assert extra["reason"]
        line = next((line for line in guide.splitlines() if line.startswith(f"| `{name}` |")), None)
        assert line, f"docs/running-a-study.md does not explain {name}"
        if isinstance(field.default, int | float):
            shown = str(field.default).lower() if isinstance(field.default, bool) else f"{field.default:g}"
            assert line.split("|")[2].strip() == shown, f"the default of {name} is wrong in docs/running-a-study.md"


def test_the_questions_in_the_guide_can_be_copied_into_the_form() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "running-a-study.md").read_text(encoding="utf-8")
    example = guide.split("one for each way to answer")[1].split("```")[1].removeprefix("text\n")
    asked = Protocol.model_validate({"questionnaire": example}).questionnaire
    assert [str(question) for question in asked] == example.splitlines()
    assert {question.kind for question in asked} == set(AnswerKind)


def test_a_question_that_is_none_is_refused_with_every_way_to_write_one() -> None:
    with pytest.raises(ValueError, match=r"number 16-120.* a / b / c .*text.*\| optional"):
        Protocol.model_validate({"questionnaire": "age"})


@pytest.mark.parametrize("text", [Protocol().consent_text, Protocol().instructions])
def test_the_texts_that_subjects_read_break_no_line_inside_a_paragraph(text: str) -> None:
    paragraphs = text.split("\n\n")
    assert len(paragraphs) == 3
    for paragraph in paragraphs:
        assert "\n" not in paragraph
        assert "  " not in paragraph
        assert paragraph.endswith(".")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"catch_pairs": "denoise/boat/mae>gmsd"}, r"task / scene / better > worse"),
        ({"questionnaire": "age | Age? | number 16"}, r"\(a / b / c\).*number 16-120"),
        ({"questionnaire": ("sex | Sex? | a / b", "My Age | Age? | text")}, r"`questionnaire`, item 2, name: .*a to z"),
        ({"languages": ("en", "d€")}, r"`languages`, item 2: a language is a tag such as en, de or zh-Hans"),
        ({"completed_code": "A B"}, r"`completed_code`: a code is of letters"),
        ({"completed_url": "https:///?cc=1"}, "the name of a host"),
        ({"completed_url": "https://{code}/"}, "the name of a host"),
        ({"completed_url": "https://[::/"}, "the name of a host"),
        (
            {"completed_url": "https://p.example/?cc={Code}"},
            r"only \{participant\}, \{study\}, \{session\} and \{code\}",
        ),
        ({"failed_url": "https://p.example/?cc={foo}"}, "spelt exactly so"),
        ({"screened_out_url": "https://p.example/?cc={code"}, "no other braces"),
    ],
)
def test_what_does_not_fit_is_told_with_what_would(said: dict[str, object], told: str) -> None:
    with pytest.raises(BadProtocol, match=told) as refused:
        read(said)
    assert "should match" not in refused.value.message


def test_the_hash_says_that_a_code_is_set_and_nothing_to_try_codes_against() -> None:
    one, other = Protocol(completed_code="A1", failed_url="https://a.example"), Protocol(completed_code="B2")
    assert one.hash != other.hash, "whether somebody is sent away is part of the protocol"
    assert other.hash == Protocol(completed_code="set").hash != Protocol().hash
    assert one.hash == one.model_copy(update={"failed_url": "https://b.example"}).hash


def test_a_study_that_opened_while_the_hash_was_of_its_codes_too_still_has_its_own() -> None:
    said = Protocol(completed_code="A1").model_dump(mode="json")
    known = list(hashes(said))
    assert digest_of(said) in known
    assert digest_of(said | {"completed_code": "B2"}) not in known
    older = {name: said[name] for name in SECOND}
    assert digest_of(older) in hashes(older)


def test_optional_may_be_written_in_any_case_and_every_known_value_is_filled_in() -> None:
    address = "https://p.example/{participant}?s={study}&t={session}&cc={code}"
    protocol = read({"questionnaire": "age | Age? | number 16-120 | Optional", "completed_url": address})
    assert not protocol.questionnaire[0].required
    assert protocol.completed_url == address
