"""Costly work is done a few at a time."""

import threading

import pytest

from app.turns import Turns


class FullError(Exception):
    """Nobody else may wait."""


def test_who_finds_all_turns_taken_is_sent_away_and_holds_no_place() -> None:
    turns = Turns(at_once=1, waiting=1, patience=0.01, refusal=FullError)
    with turns.take():
        for _ in range(3):  # each waits in the one place, in vain, and leaves it
            with pytest.raises(FullError), turns.take():
                pass
    with turns.take():
        pass


def test_who_finds_nowhere_to_wait_is_sent_away_at_once() -> None:
    turns = Turns(at_once=1, waiting=0, patience=3600, refusal=FullError)
    with turns.take(), pytest.raises(FullError), turns.take():
        pass


def test_who_waits_has_the_next_turn() -> None:
    turns = Turns(at_once=1, waiting=1, patience=60, refusal=FullError)
    order = list[str]()

    def second() -> None:
        with turns.take():
            order.append("second")

    with turns.take():
        other = threading.Thread(target=second)
        other.start()
        order.append("first")
    other.join(60)
    assert order == ["first", "second"]


def test_work_that_fails_gives_its_turn_back() -> None:
    turns = Turns(at_once=1, waiting=0, patience=0, refusal=FullError)
    with pytest.raises(ValueError, match="broken"), turns.take():
        raise ValueError("broken")
    with turns.take():
        pass
