"""Filters are made once for pictures of one size; those of many sizes, in a folder that is scored, do not pile up."""

from importlib import import_module

import pytest
import torch

from trainer.measures import MEASURES
from trainer.measures.nlpd import nlpd


def kept(module: str) -> int:
    """How many results the module's functions remember."""
    functions = vars(import_module(f"trainer.measures.{module}")).values()
    return sum(function.cache_info().currsize for function in functions if hasattr(function, "cache_info"))


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("mad", "mad"),
        ("fsim", "phase_congruency"),
        ("vsi", "resizing"),
        ("cw_ssim", "cw_ssim"),
    ],
)
def test_what_is_kept_for_many_sizes_of_pictures_is_no_more_than_for_a_few(name: str, module: str) -> None:
    def after(sides: range) -> int:
        for side in sides:
            picture = torch.rand(1, 3, side, side + 9)
            MEASURES[name](picture, picture)
        return kept(module)

    few = after(range(64, 128, 8))
    assert 0 < after(range(136, 168, 8)) == few


@pytest.mark.parametrize("name", ["mad", "fsim", "vsi", "cw_ssim"])
def test_nothing_is_made_anew_for_pictures_of_the_size_before(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = torch.rand(1, 3, 100, 75)
    MEASURES[name](picture, picture)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a filter was made again")

    monkeypatch.setattr(torch, "arange", refuse)  # what every filter begins with
    monkeypatch.setattr(torch.fft, "fftfreq", refuse)
    monkeypatch.setattr(torch, "zeros", refuse)
    MEASURES[name](picture, picture)


def test_nlpd_needs_no_more_than_some_copies_of_a_picture_however_long() -> None:
    picture = torch.rand(1, 3, 32, 60_000, generator=torch.Generator().manual_seed(0))
    found = nlpd(picture, picture.flip(-1))  # a matrix of its long side would take seven gigabytes
    assert found.isfinite().all()
