"""Reading votes from files that people made."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.results.judgements import Counted
from app.results.votes_csv import BadVotes, read_votes

HEADER = "task,scene,condition_a,condition_b,winner"


def _file(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "votes.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_winners_are_counted_for_their_condition(tmp_path: Path) -> None:
    path = _file(
        tmp_path, f"{HEADER}\ndenoise,beach,mae,gmsd,a\ndenoise,beach,gmsd,mae,a\ndenoise,beach,mae,gmsd,tie\n"
    )
    (found,) = read_votes(path)
    assert (found.task, found.scenes, found.conditions) == ("denoise", ("beach",), ("gmsd", "mae"))
    np.testing.assert_array_equal(found.wins[0], [[0, 1.5], [1.5, 0]])
    assert (found.votes, found.ties, found.subjects) == (3, 1, None)


def test_columns_may_stand_in_any_order_and_others_are_ignored(tmp_path: Path) -> None:
    path = _file(tmp_path, "winner,mood,condition_b,condition_a,scene,task\nb,good,mae,gmsd,beach,denoise\n")
    (found,) = read_votes(path)
    assert found.wins[0, 1, 0] == 1


def test_a_byte_order_mark_from_a_spreadsheet_is_no_fault(tmp_path: Path) -> None:
    path = _file(tmp_path, f"{HEADER}\r\ndenoise,beach,mae,gmsd,a\r\n", "utf-8-sig")
    assert read_votes(path)[0].votes == 1


def test_weights_are_votes(tmp_path: Path) -> None:
    path = _file(tmp_path, f"{HEADER},weight\ndenoise,beach,mae,gmsd,a,3\ndenoise,beach,mae,gmsd,b,0.5\n")
    (found,) = read_votes(path)
    assert found.votes == 3.5
    np.testing.assert_array_equal(found.wins[0], [[0, 0.5], [3, 0]])


def test_only_test_trials_of_some_weight_count(tmp_path: Path) -> None:
    rows = "denoise,beach,mae,gmsd,a,test,1\ndenoise,beach,mae,gmsd,a,catch,1\ndenoise,street,mae,gmsd,a,test,0\n"
    (found,) = read_votes(_file(tmp_path, f"{HEADER},kind,weight\n{rows}"))
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
    denoise, superres = read_votes(_file(tmp_path, f"{HEADER},subject,weight\n{rows}"))
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
    (found,) = read_votes(_file(tmp_path, "\n".join([f"{HEADER},simulated,excluded,weight", *lines])))
    assert (found.counted, found.excluded_counted) == (counted, excluded)


def test_a_file_that_does_not_say_who_its_subjects_are_is_not_guessed_at(tmp_path: Path) -> None:
    (found,) = read_votes(_file(tmp_path, f"{HEADER}\nt,s,a,b,a\n"))
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
    (first,) = read_votes(_file(tmp_path, "\n".join([f"{HEADER},weight", *plain])))
    (second,) = read_votes(_file(tmp_path, "\n".join([f"{HEADER},weight", *turned])))
    assert (first.scenes, first.conditions) == (second.scenes, second.conditions)
    np.testing.assert_array_equal(first.wins, second.wins)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        ("\n\n", "it is empty"),
        (f"{HEADER}\n", "no row counts"),
        (f"{HEADER},kind\nt,s,a,b,a,catch\n", "no row counts"),
        ("task;scene;condition_a;condition_b;winner\nt;s;a;b;a\n", "separated by semicolons"),
        ("task\tscene\tcondition_a\tcondition_b\twinner\nt\ts\ta\tb\ta\n", "separated by tabs"),
        ("task,scene,conditon_a,condition_b,winner\nt,s,a,b,a\n", r"no column 'condition_a' \(rename 'conditon_a'\?\)"),
        ("task,scene,condition_a,condition_b,Winner\nt,s,a,b,a\n", r"no column 'winner' \(rename 'Winner'\?\)"),
        ("a,b\n1,2\n", "no column 'task' among 'a', 'b'"),
        (f"{HEADER},weigth\nt,s,a,b,a,1\n", "column 'weigth' looks like 'weight'"),
        (f"{HEADER},winner\nt,s,a,b,a,a\n", "names winner more than once"),
        (f"{HEADER}\nt,s,a,b,a\nt,s,a,b,left\n", "line 3: winner is 'left', and must be a, b or tie"),
        (f"{HEADER}\nt,s,a,a,a\n", "line 2: 'a' is compared with itself"),
        (f"{HEADER}\nt,,a,b,a\n", "line 2: scene is empty"),
        (f"{HEADER}\nt,s,a,b\n", "line 2: 4 cells where the first line has 5"),
        (f"{HEADER},weight\nt,s,a,b,a,much\n", "line 2: weight is 'much'"),
        (f"{HEADER},weight\nt,s,a,b,a,-1\n", "line 2: weight is '-1'"),
        (f"{HEADER},weight\nt,s,a,b,a,nan\n", "line 2: weight is 'nan'"),
        (f"{HEADER},weight\nt,s,a,b,a,\n", "line 2: weight is ''"),
        (f"{HEADER},kind\nt,s,a,b,a,tset\n", "line 2: kind is 'tset'"),
        (f"{HEADER},left\nt,s,a,b,a,right\n", "line 2: left is 'right'"),
        (f"{HEADER},subject\nt,s,a,b,a,\n", "line 2: subject is empty"),
        (f"{HEADER},simulated\nt,s,a,b,a,maybe\n", "line 2: simulated is 'maybe', and must be yes or no"),
        (f"{HEADER},excluded\nt,s,a,b,a,1\n", "line 2: excluded is '1', and must be yes or no"),
        (f'{HEADER}\nt,s,a,b,"a\n', "line 2 is not CSV"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BadVotes, match=message):
        read_votes(_file(tmp_path, text))


def test_all_faults_are_told_at_once_with_their_first_lines(tmp_path: Path) -> None:
    rows = ["t,s,a,b,x"] * 8 + ["t,s,a,a,b"]
    with pytest.raises(BadVotes) as caught:
        read_votes(_file(tmp_path, "\n".join([HEADER, *rows])))
    assert caught.value.message == (
        "votes.csv: its votes cannot be read.\n"
        "  lines 2, 3, 4, 5, 6 and 3 more: winner is 'x', and must be a, b or tie\n"
        "  line 10: 'a' is compared with itself\n"
        "Correct these lines and try again."
    )


def test_lines_are_those_of_the_file_where_a_cell_holds_a_line_break(tmp_path: Path) -> None:
    path = _file(tmp_path, f'{HEADER},note\nt,s,a,b,a,"one\ntwo"\nt,s,a,b,c,fine\n')
    with pytest.raises(BadVotes, match="line 4: winner is 'c'"):
        read_votes(path)


def test_a_file_in_another_encoding_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(BadVotes, match="not UTF-8"):
        read_votes(_file(tmp_path, f"{HEADER}\nt,s,a,b,a\n", "utf-16"))


@pytest.mark.parametrize("name", ["nowhere.csv", "."])
def test_a_file_that_is_not_there_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadVotes, match="no such file"):
        read_votes(tmp_path / name)


def test_a_path_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadVotes, match="no such file"):
        read_votes(tmp_path)  # a folder
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    for path in (loop, tmp_path / ("x" * 300), _file(tmp_path, HEADER) / "votes.csv"):
        with pytest.raises(BadVotes, match="cannot be read"):
            read_votes(path)
