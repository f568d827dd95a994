"""Reading votes from files that people made."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.results.answers import KINDS, NO_TIME
from app.results.csv_faults import BadVotes
from app.results.judgements import Counted
from app.results.votes_csv import read_votes

HEADER = "task,scene,condition_a,condition_b,winner"


def _file(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "votes.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_winners_are_counted_for_their_condition(tmp_path: Path) -> None:
    path = _file(
        tmp_path, f"{HEADER}\ndenoise,beach,mae,gmsd,a\ndenoise,beach,gmsd,mae,a\ndenoise,beach,mae,gmsd,tie\n"
    )
    (found,) = read_votes(path).tallies
    assert (found.task, found.scenes, found.conditions) == ("denoise", ("beach",), ("gmsd", "mae"))
    np.testing.assert_array_equal(found.wins[0], [[0, 1.5], [1.5, 0]])
    assert (found.votes, found.ties, found.subjects) == (3, 1, None)


def test_columns_may_stand_in_any_order_and_others_are_ignored(tmp_path: Path) -> None:
    path = _file(tmp_path, "winner,mood,condition_b,condition_a,scene,task\nb,good,mae,gmsd,beach,denoise\n")
    (found,) = read_votes(path).tallies
    assert found.wins[0, 1, 0] == 1


@pytest.mark.parametrize(("said", "adaptive"), [("adaptive", True), ("balanced", False), ("", False)])
def test_votes_of_an_adaptive_study_are_known_for_it(tmp_path: Path, said: str, adaptive: bool) -> None:
    path = _file(tmp_path, f"{HEADER},sampling\ndenoise,beach,mae,gmsd,a,{said}\n")
    assert read_votes(path).tallies[0].adaptive is adaptive


def test_a_word_that_is_no_sampling_is_told(tmp_path: Path) -> None:
    path = _file(tmp_path, f"{HEADER},sampling\ndenoise,beach,mae,gmsd,a,random\n")
    with pytest.raises(BadVotes, match="sampling is 'random', and must be balanced or adaptive"):
        read_votes(path)


def test_a_byte_order_mark_from_a_spreadsheet_is_no_fault(tmp_path: Path) -> None:
    path = _file(tmp_path, f"{HEADER}\r\ndenoise,beach,mae,gmsd,a\r\n", "utf-8-sig")
    assert read_votes(path).tallies[0].votes == 1


def test_weights_are_votes(tmp_path: Path) -> None:
    path = _file(tmp_path, f"{HEADER},weight\ndenoise,beach,mae,gmsd,a,3\ndenoise,beach,mae,gmsd,b,0.5\n")
    (found,) = read_votes(path).tallies
    assert found.votes == 3.5
    np.testing.assert_array_equal(found.wins[0], [[0, 0.5], [3, 0]])


def test_only_test_trials_of_some_weight_count(tmp_path: Path) -> None:
    rows = "denoise,beach,mae,gmsd,a,test,1\ndenoise,beach,mae,gmsd,a,catch,1\ndenoise,street,mae,gmsd,a,test,0\n"
    (found,) = read_votes(_file(tmp_path, f"{HEADER},kind,weight\n{rows}")).tallies
    assert found.votes == 1
    assert found.left_out == {"weight": 1}


def test_only_a_subjects_first_judgement_counts_whichever_way_round(tmp_path: Path) -> None:
    rows = (
        "denoise,beach,mae,gmsd,a,7,0\n"  # of no weight: it does not use up the subject's first judgement
        "denoise,beach,mae,gmsd,b,7,1\n"
        "denoise,beach,gmsd,mae,b,7,1\n"
        "denoise,beach,gmsd,mae,b,8,1\n"
        "superres,beach,gmsd,mae,b,7,1\n"
    )
    denoise, superres = read_votes(_file(tmp_path, f"{HEADER},subject,weight\n{rows}")).tallies
    np.testing.assert_array_equal(denoise.wins[0], [[0, 1], [1, 0]])
    assert denoise.subjects == 2
    assert denoise.left_out == {"repeat": 1, "weight": 1}
    assert superres.votes == 1


@pytest.mark.parametrize(
    ("rows", "counted", "excluded"),
    [
        (("yes,no,1", "yes,no,1"), Counted.SIMULATED, False),
        (("no,no,1", "yes,yes,0"), Counted.PEOPLE, False),
        (("no,yes,1", "yes,no,1"), Counted.BOTH, True),
    ],
)
def test_a_file_may_say_who_its_subjects_are(
    tmp_path: Path, rows: tuple[str, ...], counted: Counted, excluded: bool
) -> None:
    lines = [f"t,s{n},a,b,a,{row}" for n, row in enumerate(rows)]
    (found,) = read_votes(_file(tmp_path, "\n".join([f"{HEADER},simulated,excluded,weight", *lines]))).tallies
    assert (found.counted, found.excluded_counted) == (counted, excluded)


def test_a_file_that_does_not_say_who_its_subjects_are_is_not_guessed_at(tmp_path: Path) -> None:
    (found,) = read_votes(_file(tmp_path, f"{HEADER}\nt,s,a,b,a\n")).tallies
    assert (found.counted, found.excluded_counted) == (None, None)


vote = st.tuples(st.sampled_from(["s1", "s2"]), st.sampled_from("abc"), st.sampled_from("abc"), st.sampled_from("ab"))


@given(votes=st.lists(vote.filter(lambda row: row[1] != row[2]), min_size=1, max_size=30), data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_rows_and_of_pairs_and_splitting_into_weights_do_not_matter(
    tmp_path: Path, votes: list[tuple[str, str, str, str]], data: st.DataObject
) -> None:
    plain = [f"t,{scene},{a},{b},{won},1" for scene, a, b, won in votes]
    shuffled = data.draw(st.permutations(votes))
    turned = [
        f"t,{scene},{b},{a},{'b' if won == 'a' else 'a'},{w}" for scene, a, b, won in shuffled for w in (0.75, 0.25)
    ]
    (first,) = read_votes(_file(tmp_path, "\n".join([f"{HEADER},weight", *plain]))).tallies
    (second,) = read_votes(_file(tmp_path, "\n".join([f"{HEADER},weight", *turned]))).tallies
    assert (first.scenes, first.conditions) == (second.scenes, second.conditions)
    np.testing.assert_array_equal(first.wins, second.wins)


ALL = "task,scene,condition_a,condition_b,winner,subject,left,weight,kind,session,elapsed_ms,simulated,excluded,late"
ROWS = (
    "denoise,beach,mae,gmsd,a,anna,a,1,test,4,2310,no,no,yes",
    "superres,street,gmsd,vif,tie,ben,b,0,catch,5,,no,yes,no",
    "denoise,beach,gmsd,mae,b,anna,,0.5,repeat,4,1999.6,yes,no,no",
)


def test_every_row_is_there_for_the_analysis_of_subjects_counted_or_not(tmp_path: Path) -> None:
    found = read_votes(_file(tmp_path, "\n".join([ALL, *ROWS]))).answers
    assert (found.tasks, found.scenes, found.conditions) == (
        ("denoise", "superres"), ("beach", "street"), ("gmsd", "mae", "vif"),
    )  # fmt: skip
    assert (found.subjects, found.sessions, len(found)) == (("anna", "ben"), ("4", "5"), 3)
    told = zip(found.task, found.scene, found.a, found.b, found.winner, found.a_on_left, found.elapsed_ms, strict=True)
    assert list(told) == [(0, 0, 1, 0, 0, 1, 2310), (1, 1, 0, 2, 2, 0, NO_TIME), (0, 0, 0, 1, 1, -1, 2000)]
    assert [KINDS[kind] for kind in found.kind] == ["test", "catch", "repeat"]
    np.testing.assert_array_equal(found.subject, [0, 1, 0])
    np.testing.assert_array_equal(found.session, [0, 1, 0])
    np.testing.assert_array_equal(found.weight, [1, 0, 0.5])
    np.testing.assert_array_equal(found.simulated, [False, False, True])
    np.testing.assert_array_equal(found.excluded, [False, True, False])


def test_what_a_file_does_not_say_is_unknown_and_not_guessed(tmp_path: Path) -> None:
    found = read_votes(_file(tmp_path, f"{HEADER}\nt,s,a,b,a\n")).answers
    assert (found.subject, found.subjects, found.session, found.sessions) == (None, None, None, None)
    assert (found.simulated, found.excluded, found.elapsed_ms.tolist(), found.weight.tolist()) == (
        None,
        None,
        [-1],
        [1],
    )


def test_late_votes_are_told_again(tmp_path: Path) -> None:
    (found,) = read_votes(_file(tmp_path, f"{HEADER},late\nt,s,a,b,a,yes\nt,s,a,b,a,no\n")).tallies
    assert found.late == 1


def test_pieces_make_the_same_as_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    rows = [
        f"t{rng.integers(2)},s{rng.integers(3)},{a},{b},{rng.choice(['a', 'b', 'tie'])},{rng.integers(9)},{kind}"
        for a, b, kind in zip(
            rng.choice([*"xyz"], 500), rng.choice([*"uvw"], 500), rng.choice([*KINDS], 500), strict=True
        )
    ]
    path = _file(tmp_path, "\n".join([f"{HEADER},subject,kind", *rows]))
    whole = read_votes(path)
    monkeypatch.setattr("app.results.votes_csv._AT_ONCE", 7)
    pieces = read_votes(path)
    for one, other in zip(whole.tallies, pieces.tallies, strict=True):
        np.testing.assert_array_equal(one.wins, other.wins)
        assert (one.conditions, one.subjects, one.left_out) == (other.conditions, other.subjects, other.left_out)
    np.testing.assert_array_equal(whole.answers.subject, pieces.answers.subject)
    assert len(pieces.answers) == 500


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_says_how_to_read(tmp_path: Path, encoding: str) -> None:
    found = read_votes(_file(tmp_path, f"{HEADER}\r\ndenoise,café,mae,gmsd,a\r\n", encoding))
    assert found.tallies[0].scenes == ("café",)
    assert found.notes == (() if encoding == "utf-8-sig" else (f"Read as {encoding.upper()}.",))


@pytest.mark.parametrize(("separator", "word"), [(";", "semicolons"), ("\t", "tabs")])
def test_semicolons_and_tabs_are_read_and_said(tmp_path: Path, separator: str, word: str) -> None:
    text = f'{HEADER},note\n"denoise","beach",mae,gmsd,a,"one"\n'.replace(",", separator)
    found = read_votes(_file(tmp_path, text.replace("one", "one, two")))
    assert found.tallies[0].votes == 1
    assert found.notes == (f"Read as columns separated by {word}.", "Columns that were not read: note.")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_spaces_and_empty_lines_are_no_fault(tmp_path: Path, end: str) -> None:
    lines = ["", HEADER, " denoise , beach,mae ,gmsd, a ", "", "denoise,beach,mae,gmsd,b", ",,,,", "  ", "", ""]
    found = read_votes(_file(tmp_path, end.join(lines)))
    assert (found.tallies[0].conditions, found.tallies[0].votes) == (("gmsd", "mae"), 2)
    assert found.notes == ("1 line of empty cells was passed over.",)


def test_columns_that_were_not_read_are_named_once(tmp_path: Path) -> None:
    more = ",".join(f"extra{number}" for number in range(25))
    found = read_votes(_file(tmp_path, f"{HEADER},mood,mood,,{more}\nt,s,a,b,a,,,,{',' * 24}\n"))
    (note,) = found.notes
    assert note.startswith("Columns that were not read: mood, extra0, extra1,")
    assert note.endswith("extra18 and 6 more.")
