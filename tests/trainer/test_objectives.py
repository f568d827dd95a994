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


def test_what_lies_beyond_the_range_is_judged_as_it_is_displayed_and_can_still_come_back() -> None:
    restored, clean = torch.tensor([-0.5, 0.25, 1.0, 3.0]).view(1, 1, 2, 2).expand(1, 3, 2, 2), torch.full((), 0.5)
    restored = restored.clone().requires_grad_()
    loss = loss_of("mae", beyond=0.1)(restored, clean.expand_as(restored))
    assert loss.item() == (0.5 + 0.25 + 0.5 + 0.5) / 4
    torch.autograd.backward(loss)
    assert restored.grad is not None
    torch.testing.assert_close(12 * restored.grad[0, 0].flatten(), torch.tensor([-0.1, -1.0, 1.0, 0.1]))


def test_a_measure_that_sees_no_brightness_is_told_of_it_by_the_display() -> None:
    clean = torch.rand(1, 3, 80, 80, generator=torch.Generator().manual_seed(3))

    def pull(beyond: float | None) -> float:
        """By how much the loss rises with brightness, where it is a third too high."""
        brightness = torch.tensor(1 / 3, requires_grad=True)
        torch.autograd.backward(loss_of("1 - vif", beyond)(clean + brightness, clean))
        assert brightness.grad is not None
        return brightness.grad.item()

    assert abs(pull(None)) < 1e-3
    assert pull(1.0) == pytest.approx(0, abs=1e-3), "a gradient that passes whole has no direction either"
    assert pull(0.1) > 0.1


def test_an_unknown_measure_is_refused() -> None:
    with pytest.raises(UnknownMeasure, match="did you mean 'gmsd'"):
        loss_of("gmds")


def test_a_text_is_read_before_it_becomes_a_loss() -> None:
    assert parse("charbonnier + 0.05*lpips").terms == (Term(1.0, "charbonnier"), Term(0.05, "lpips"))
    with pytest.raises(BadObjective, match="write '1 - ms_ssim', which is probably what you meant"):
        parse("ms_ssim")
