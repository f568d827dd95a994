"""What the command line takes for a number, and what it does not."""

import pytest

from trainer.arguments import parser

COMMANDS = {
    "--seconds": ("bench", "measures"),
    "--checkpoint-every": ("train", "recipe.yaml", "--photos", "photos", "--out", "run"),
}


@pytest.mark.parametrize("option", COMMANDS)
@pytest.mark.parametrize("text", ["nan", "-1", "inf", "soon"])
def test_what_is_no_time_is_refused(option: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No time is as long as "not a number", for instance: a training would never save."""
    with pytest.raises(SystemExit):
        parser().parse_args([*COMMANDS[option], f"{option}={text}"])
    assert f"argument {option}: '{text}' is not a number of seconds" in capsys.readouterr().err


@pytest.mark.parametrize("option", COMMANDS)
def test_a_time_may_be_nought_or_a_part_of_a_second(option: str) -> None:
    given = [parser().parse_args([*COMMANDS[option], f"{option}={text}"]) for text in ("0", "0.5")]
    assert [vars(options)[option.strip("-").replace("-", "_")] for options in given] == [0, 0.5]
