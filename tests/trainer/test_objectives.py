"""A loss is the weighted sum that its text says."""

import pytest
import torch

from app.catalog import UnknownMeasure
from trainer.measures import MEASURES
from trainer.objectives import BadObjective, Term, loss_of, parse


def test_a_loss_is_the_weighted_sum_of_mean_scores() -> None:
    generator = torch.Generator().manual_seed(1)
    restored, clean = torch.rand(2, 2, 3, 161, 161, generator=generator)
    expected = 1 - MEASURES["ms_ssim"](restored, clean).mean() + 0.25 * MEASURES["mae"](restored, clean).mean()
    assert loss_of("1 - ms_ssim + 0.25*mae")(restored, clean).item() == pytest.approx(expected.item())


def test_a_loss_is_measured_in_single_precision_even_where_the_network_ran_in_half() -> None:
    restored, clean = torch.rand(1, 3, 16, 16).bfloat16().requires_grad_(), torch.rand(1, 3, 16, 16)
    loss = loss_of("gmsd")(restored, clean)
    assert loss.dtype == torch.float32
    torch.autograd.backward(loss)
    assert restored.grad is not None


def test_an_unknown_measure_is_refused() -> None:
    with pytest.raises(UnknownMeasure, match="did you mean 'gmsd'"):
        loss_of("gmds")


def test_a_text_is_read_before_it_becomes_a_loss() -> None:
    assert parse("charbonnier + 0.05*lpips").terms == (Term(1.0, "charbonnier"), Term(0.05, "lpips"))
    with pytest.raises(BadObjective, match="write '1 - ms_ssim', which is probably what you meant"):
        parse("ms_ssim")
