"""A study file says what the pages say, to the last setting; what it does not know is refused with its line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.studies.choice import ChosenTask
from app.studies.protocol import Protocol
from app.studies.study_file import AskedStimuli, BadStudyFile, StudyFile, parse
from app.studies.study_text import text_of
from tests.studies.protocols import WORDS, protocols

DIGEST = "0123456789" * 6 + "abcd"


def said(text: str) -> StudyFile:
    return parse(text.encode(), "study.yaml")[0]


@given(protocols(), WORDS)
@settings(max_examples=30, deadline=None)
def test_every_protocol_comes_back_from_its_file_with_the_same_hash(protocol: Protocol, title: str) -> None:
    back = said(text_of(StudyFile(title=title, protocol=protocol)))
    assert back.protocol == protocol
    assert back.protocol.hash == protocol.hash
    assert back.title == title


_NAMES = WORDS.map(lambda name: name[:20])


@given(
    st.builds(
        AskedStimuli,
        renderings=st.lists(st.integers(1, 99), max_size=3).map(tuple),
        folder=st.none() | WORDS,
        tasks=st.none()
        | st.dictionaries(
            _NAMES,
            st.builds(
                ChosenTask,
                conditions=st.none() | st.lists(_NAMES, min_size=1, max_size=3).map(tuple),
                scenes=st.none() | st.lists(_NAMES, min_size=1, max_size=3).map(tuple),
            ),
            max_size=3,
        ),
        leave_out=st.dictionaries(
            _NAMES, st.dictionaries(_NAMES, st.lists(_NAMES, max_size=2).map(tuple), max_size=2), max_size=2
        ),
        pictures=st.dictionaries(
            _NAMES,
            st.dictionaries(_NAMES, st.dictionaries(_NAMES, st.just(DIGEST), max_size=2), max_size=2),
            max_size=2,
        ),
    )
)
@settings(max_examples=30, deadline=None)
def test_every_choice_of_pictures_comes_back_from_its_file(stimuli: AskedStimuli) -> None:
    assert said(text_of(StudyFile(title="t", stimuli=stimuli))).stimuli == stimuli


def test_a_file_tells_every_setting_with_its_reason_and_a_short_one_has_the_defaults() -> None:
    text = text_of(StudyFile(title="Plain"))
    for name, field in Protocol.model_fields.items():
        assert f"\n  {name}:" in text
        assert str(field.description)[:30] in text.replace("\n  # ", " ")
    assert said("title: Plain\n") == said(text)


def test_names_alone_choose_whole_tasks() -> None:
    found = said("title: t\nstimuli:\n  tasks: [denoise]\n").stimuli
    assert found.choice.takes("denoise", "mae", "boat")
    assert not found.choice.takes("superres", "mae", "boat")


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("titel: t\n", 1, "there is no key 'titel' (did you mean 'title'?)"),
        ("title: t\nprotocol:\n  trials_per_sesion: 5\n", 3, "did you mean 'trials_per_session'?"),
        ("title: t\nstimuli:\n  rendering: [5]\n", 3, "did you mean 'renderings'?"),
        ("title: t\nstimuli:\n  tasks:\n    denoise: {scene: [a]}\n", 4, "did you mean 'scenes'?"),
        ("protocol: {}\n", 1, "there is no title: Write 'title: …'"),
        ("title: 12\n", 1, "title: 12 is no text"),
        ("title: no\n", 1, "may be a word or a truth value"),
        ("title: t\nprotocol: 5\n", 2, "protocol: this is no mapping"),
        ("title: t\nprotocol:\n  catch_trials: '5'\n", 3, "catch_trials: Input should be a valid integer (got '5')"),
        ("title: t\nprotocol:\n  trials_per_session: 1e3\n", 3, "Input should be a valid integer"),
        ("title: t\nprotocol:\n  allow_tie: 1\n", 3, "Input should be a valid boolean"),
        ("title: t\nprotocol:\n  question: 5\n", 3, "Input should be a valid string"),
        ("title: t\nprotocol:\n  languages: en\n", 3, "languages: "),
        ("title: t\nprotocol:\n  languages: [en, english language]\n", 3, "a language is a tag such as en"),
        ("title: t\nprotocol:\n  questionnaire:\n    - age\n", 4, "is not of the form: name | question"),
        ("title: t\nprotocol:\n  catch_trials: 2\n  catch_failures_allowed: 2\n", 2, "would never exclude anybody"),
        ("title: t\nstimuli:\n  renderings: [0]\n", 3, "greater than or equal to 1"),
        ("title: t\nstimuli:\n  pictures: {a: {b: {c: d}}}\n", 3, "String should match pattern"),
        ("title: t\nprotocol:\n  languages: &x [en]\nstimuli: *x\n", 3, "&x marks a part to be repeated"),
    ],
)
def test_a_slip_of_the_pen_is_refused_with_file_line_and_what_to_do(text: str, line: int, told: str) -> None:
    with pytest.raises(BadStudyFile) as refused:
        said(text)
    assert told.lower() in refused.value.message.lower()
    assert refused.value.message.startswith("study.yaml")
    assert f"line {line}: " in refused.value.message
    assert refused.value.fix


def test_all_wrong_settings_are_told_at_once_each_with_its_line() -> None:
    with pytest.raises(BadStudyFile) as refused:
        said("title: t\nprotocol:\n  blank_ms: -1\n  catch_trials: many\n")
    assert "line 3: blank_ms" in refused.value.message
    assert "line 4: catch_trials" in refused.value.message


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("title: Which is better #3\n", 1, "title"),
        ("title: #3\n", 1, "title"),
        ("title: t\nprotocol:\n  question: Closer to\n    the reference? #2\n", 3, "protocol: question"),
        ("title: t\nprotocol:\n  questionnaire:\n    - age | Age? | text # years\n", 4, "questionnaire, item 1"),
        ("title: t\nprotocol:\n  practice_scenes: [boat, cat] # two\n  plan_primary: mae #1\n", 4, "plan_primary"),
    ],
)
def test_a_text_that_a_hash_may_have_cut_off_is_to_stand_in_quotes(text: str, line: int, told: str) -> None:
    with pytest.raises(BadStudyFile) as refused:
        said(text)
    assert f"study.yaml, line {line}: " in refused.value.message
    assert f"{told}: what stands after ' #' is a remark" in refused.value.message
    assert "in quotes" in str(refused.value.fix)


def test_remarks_after_quoted_texts_and_after_values_are_welcome() -> None:
    found = said(
        "title: 'Which is better #3' # the third\n"
        "protocol: # settings\n"
        "  sampling: balanced # not adaptive\n"
        "  catch_trials: 7 # odd\n"
        "  question: closer#2\n"
        "  consent_text: | # by the board\n"
        "    One # two\n"
        "  questionnaire:\n"
        "    - name: age # for P.910\n"
        '      label: "Age #"\n'
        "      kind: text # in words\n"
    )
    assert found.title == "Which is better #3"
    assert (found.protocol.catch_trials, found.protocol.question) == (7, "closer#2")
    assert found.protocol.consent_text == "One # two"
    assert str(found.protocol.questionnaire[0]) == "age | Age # | text"
