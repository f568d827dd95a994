"""Files that cannot be read as votes: one message, with lines, and what to do."""

import re
from pathlib import Path

import pytest

from app.results.csv_faults import BadVotes
from app.results.votes_csv import read_votes
from tests.results.test_votes_csv import HEADER, _file


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        ("\n\n", "it is empty"),
        (f"{HEADER}\n", "it has a first line and no votes below it"),
        (f"{HEADER}\n,,,,\n", "it has a first line and no votes below it"),
        (f"{HEADER},weight\nt,s,a,b,a,0\n", "no row counts"),
        (f"{HEADER},kind\nt,s,a,b,a,catch\n", "no row counts"),
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
        (
            f"{HEADER},elapsed_ms\nt,s,a,b,a,fast\n",
            "line 2: elapsed_ms is 'fast', and must be a number of milliseconds",
        ),
        (f"{HEADER},elapsed_ms\nt,s,a,b,a,-5\n", "line 2: elapsed_ms is '-5'"),
        (f"{HEADER},elapsed_ms\nt,s,a,b,a,NA\n", "line 2: elapsed_ms is 'NA', .* or empty"),
        (f"{HEADER},weight\nt,s,a,b,a,1e300\n", "line 2: weight is '1e300', and must be a number from 0 to"),
        (f"{HEADER},weight\nt,s,a,b,a,1_000\n", "line 2: weight is '1_000'"),
        (f"{HEADER},weight\nt,s,a,b,a,inf\n", "line 2: weight is 'inf'"),
        (f'{HEADER},weight\nt,s,a,b,a,"0,5"\n', r"line 2: weight is '0,5', .*, with a decimal point \(0.5\)"),
        ("task;scene;condition_a;condition_b;winner;weight\nt;s;a;b;a;0,5\n", r"with a decimal point \(0.5\)"),
        (f"{HEADER},session\nt,s,a,b,a, \n", "line 2: session is empty"),
        (f"{HEADER},late\nt,s,a,b,a,1\n", "line 2: late is '1', and must be yes or no"),
        (f"{HEADER}\nt,s,a,'=b,a\nt,s,'=c,=c,a\n", 'line 3: "\'=c" is compared with itself'),
        (f"{HEADER}\nt,s,a,b,a,a\n", "line 2: 6 cells where the first line has 5"),
        (f'{HEADER}\nt,s,a,b,a\nt,s,a,b,"a\nt,s,a,b,a\n', "a quotation mark in line 3 is never closed"),
        (f'{HEADER}\nt,s,a,b,"a\n' + "t,s,a,b,a\n" * 20_000, "a quotation mark in line 2 is never closed"),
        (f'{HEADER}\nt,"s"s,a,b,a\n', "line 2 is not CSV"),
        (f'{HEADER},"note\n', "line 1 is not CSV"),
        (f"{HEADER}\nt,s\0,a,b,a\n", "line 2: scene holds a NUL byte"),
        (f"{HEADER}\nt,s,a,b,a\n\0\0\0\0", "line 3: the line holds NUL bytes"),
        ("\0".join(HEADER), "line 1 holds NUL bytes: it is UTF-16 without a byte order mark"),
        ("PK\x03\x04 and so on", "it is a zip file, or a spreadsheet in its own format, not CSV"),
        ("t,s,a,b,a\nt,s,b,a,b\n", "line 1: there is no column 'task'"),
        ("x" * 1_000_001, "line 1 does not end within a million characters"),
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


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            f"{HEADER}\nt,s,a,b,a\nt,caf\xe9,a,b,a\n".encode("latin-1"),
            "line 3 is not UTF-8 text: byte 0xE9 after 't,caf' (byte 58 of the file); in Windows-1252 it would be 'é'",
        ),
        (f"{HEADER}\nt,café,a,b,a\n".encode() + b"t,caf\xe9,a,b,a\n", "line 3 is not UTF-8 text"),
        (f"{HEADER}\nt,s,a,b,a\n".encode() * 50_000 + b"\x81", "line 100001 is not UTF-8 text: byte 0x81 (byte"),
        (f"{HEADER}\nt,s,a,b,a\n".encode("utf-16")[:-1], "it is not whole UTF-16 text (truncated data)"),
    ],
)
def test_mixed_encodings_are_told_with_line_and_byte(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "votes.csv"
    path.write_bytes(content)
    with pytest.raises(BadVotes, match=re.escape(message)):
        read_votes(path)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadVotes, match="no such file"):
        read_votes(tmp_path / "nowhere.csv")


def test_a_path_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadVotes, match=f"{tmp_path} is a folder"):
        read_votes(tmp_path)
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    for path in (loop, tmp_path / ("x" * 300), _file(tmp_path, HEADER) / "votes.csv"):
        with pytest.raises(BadVotes, match="cannot be read"):
            read_votes(path)


def test_a_million_faulty_lines_make_a_short_message(tmp_path: Path) -> None:
    rows = "".join(f"t,s,a,b,{number}\n" for number in range(150_000))
    with pytest.raises(BadVotes) as caught:
        read_votes(_file(tmp_path, f"{HEADER}\n{rows}"))
    message = caught.value.message
    assert len(message) < 1500
    assert "line 2: winner is '0'" in message
    assert "other faults" in message
    assert "the file was read no further than line 102401" in message


def test_a_long_cell_is_not_repeated_whole(tmp_path: Path) -> None:
    with pytest.raises(BadVotes) as caught:
        read_votes(_file(tmp_path, f"{HEADER}\nt,s,a,b,{'long' * 10_000}\n"))
    assert len(caught.value.message) < 300


@pytest.mark.parametrize("line", [2, 7, 8, 9, 13])
def test_lines_are_right_at_the_seams_of_pieces(tmp_path: Path, line: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.results.votes_csv._AT_ONCE", 4)
    rows = ['t,s,a,b,a,"x\n\ny"' if number == 4 else "t,s,a,b,a,x" for number in range(2, 16)]
    rows[line - 2 - (2 if line > 4 else 0)] = "t,s,a,b,c,x"
    with pytest.raises(BadVotes, match=f"line {line}: winner is 'c'"):
        read_votes(_file(tmp_path, "\n".join([f"{HEADER},note", *rows])))
    rows[-1] = 't,s,a,b,"a'
    with pytest.raises(BadVotes, match="a quotation mark in line 17 is never closed"):
        read_votes(_file(tmp_path, "\n".join([f"{HEADER},note", *rows])))
