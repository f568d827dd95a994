"""Files with values of measures: everything wrong is told with its lines, and nothing of such a file is used."""

from pathlib import Path

import pytest

from app.db.models import MeasureForm
from app.results.measures_csv import BadMeasures, read_measures
from tests.results.measure_files import HEADER, measures_csv


def _refusal(path: Path) -> str:
    with pytest.raises(BadMeasures) as refused:
        read_measures(path)
    assert str(path.parent) not in refused.value.message or "no such file" in refused.value.message
    return refused.value.message


def test_values_are_read_with_their_forms_directions_and_lines(tmp_path: Path) -> None:
    file = read_measures(
        measures_csv(
            tmp_path / "m.csv",
            ["denoise,boat,mae,mae,0.02,,", "", "denoise,boat,'=x,mine,-1.5e1,higher,y", "denoise,boat,mae,mine,.5,,"],
            f"{HEADER},better,form",
        )
    )
    assert file.values == {
        ("denoise", "boat", "mae", "mae", MeasureForm.RGB): 0.02,
        ("denoise", "boat", "=x", "mine", MeasureForm.Y): -15.0,  # as our own tables mark it
        ("denoise", "boat", "mae", "mine", MeasureForm.RGB): 0.5,
    }
    assert list(file.lines.values()) == [2, 4, 5]
    assert file.higher_is_better == {"mine": True}


def test_what_spreadsheets_write_is_read(tmp_path: Path) -> None:
    lines = "Task;scene;condition;measure;value;seen by\n".replace("Task", "task") + "denoise;boat;mae;mae;0.02;ada\n"
    (tmp_path / "m.csv").write_bytes(b"\xef\xbb\xbf" + lines.encode())
    file = read_measures(tmp_path / "m.csv")
    assert list(file.values.values()) == [0.02]
    assert file.notes == ("Read as columns separated by semicolons.", "Columns that were not read: seen by.")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("denoise,boat,mae,mae,x", "line 2: value is 'x', and must be a number"),
        ('denoise,boat,mae,mae,"0,02"', "with a point, not a comma"),
        ("denoise,boat,mae,mae,nan", "value is 'nan', and must be a number"),
        ("denoise,boat,mae,mae,1e999", "value is '1e999', and must be a number"),
        ("denoise,boat,mae,mae,1_000", "value is '1_000', and must be a number"),
        ("denoise,boat,mae,mae,٣", "value is '٣', and must be a number"),
        ("denoise,boat,mae,mae,", "line 2: value is empty"),
        (",boat,mae,mae,0.1", "line 2: task is empty"),
        ("denoise,boat,mae,mae,7", "mae as the catalogue defines it lies between 0 and 1"),
        ("denoise,boat,mae,gmsd,-1", "gmsd as the catalogue defines it lies from 0 up"),
        ("denoise,boat,mae,MAE,0.1", "write it as the catalogue does, 'mae'"),
        ("denoise,boat,mae,ms_sim,0.1", "no measure 'ms_sim' (did you mean 'ms_ssim'?): say in a column better"),
        ("denoise,boat,mae,new,0.1", "the catalogue has no measure 'new': say in a column better"),
        (f"denoise,boat,mae,{'m' * 81},0.1", "at most 80 printable characters"),
        ("denoise,boat,mae,m\x07m,0.1", "printable characters"),
        ("denoise,boat,mae,mae", "line 2: 4 cells where the first line has 5"),
        ("denoise,boat,mae,mae,0.1,0.2", "line 2: 6 cells where the first line has 5"),
        ('denoise,"boat,mae,mae,0.1', "not CSV"),
    ],
)
def test_a_faulty_line_is_refused_by_its_number(tmp_path: Path, line: str, told: str) -> None:
    assert told in _refusal(measures_csv(tmp_path / "m.csv", [line]))


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["denoise,boat,mae,mine,1,up,"], "better is 'up', and must be higher or lower"),
        (["denoise,boat,mae,mae,0.1,,hsv"], "form is 'hsv', and must be rgb or y"),
        (["denoise,boat,mae,mae,0.1,higher,"], "better is higher for 'mae', and it is known here otherwise"),
        (
            ["denoise,boat,mae,mine,1,lower,", "denoise,cat,mae,mine,1,higher,"],
            "line 3: better is higher for 'mine', and line 2 says otherwise",
        ),
        (
            ["denoise,boat,mae,mae,0.1,,", "denoise,boat,mae,mae,0.2,,rgb"],
            "line 3: 0.2 where line 2 has 0.1 for the same picture and measure",
        ),
    ],
)
def test_lines_that_contradict_the_catalogue_or_one_another_are_refused(
    tmp_path: Path, lines: list[str], told: str
) -> None:
    assert told in _refusal(measures_csv(tmp_path / "m.csv", lines, f"{HEADER},better,form"))


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("task,scene,condition,measure", "there is no column 'value'"),
        ("task,scene,condition,Measure,value", "there is no column 'measure' (rename 'Measure'?)"),
        ("task,scene,condition,measure,value,value", "line 1 names value more than once"),
        ("task,scene,condition,measure,value,Better", "column 'Better' looks like 'better'"),
    ],
)
def test_misnamed_columns_are_told_with_what_was_meant(tmp_path: Path, header: str, told: str) -> None:
    assert told in _refusal(measures_csv(tmp_path / "m.csv", ["denoise,boat,mae,mae,0.1"], header))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "it is empty"),
        (b"task,scene,condition,measure,value\n", "it holds no value"),
        (b"PK\x03\x04", "a zip file"),
        (b"task,scene,condition,measure,value\ndenoise,bo\xe4t,mae,mae,0.1\n", "line 2 is not UTF-8"),
        (b"task,scene,condition,measure,value\ndenoise,bo\0at,mae,mae,0.1\n", "NUL"),
    ],
)
def test_what_is_no_such_file_is_refused_in_a_sentence(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "m.csv").write_bytes(content)
    message = _refusal(tmp_path / "m.csv")
    assert told in message
    assert message.startswith("m.csv: ")


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    assert "there is no such file" in _refusal(tmp_path / "none.csv")


def test_the_same_line_twice_is_one_value(tmp_path: Path) -> None:
    file = read_measures(measures_csv(tmp_path / "m.csv", ["denoise,boat,mae,mae,0.1"] * 2))
    assert len(file.values) == 1


def test_many_faults_are_told_in_few_lines(tmp_path: Path) -> None:
    message = _refusal(measures_csv(tmp_path / "m.csv", [f"denoise,s{n},mae,mae,x" for n in range(1000)]))
    assert "lines 2, 3, 4, 5, 6 and 995 more: value is 'x'" in message
    assert len(message) < 500
