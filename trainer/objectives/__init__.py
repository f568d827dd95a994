"""From an objective's text to a loss: the weighted sum of its measures' scores, averaged over the batch.

``parse`` reads what recipes and forms say (``mae``, ``1 - ms_ssim``, ``charbonnier + 0.05*lpips``); ``loss_of`` makes
of it what a network learns from.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from app.jobs.objective import BadObjective, Objective, Term, parse
from trainer.measures import MEASURES
from trainer.measures.straight_through import displayed

__all__ = ["BadObjective", "Loss", "Objective", "Term", "loss_of", "parse"]

Loss = Callable[[Tensor, Tensor], Tensor]


def loss_of(text: str, beyond: float | None = None) -> Loss:
    """The loss that ``text`` stands for: restored and clean batches in, one number to be minimized out.

    With ``beyond``, restored pictures are judged as they will be displayed, clipped to [0, 1], and that share of the
    gradient passes where they are (Recipe.beyond); without it, as they are.

    Raises
    ------
    BadObjective, UnknownMeasure
        The text does not say what to minimize.
    """
    parsed = parse(text)

    def loss(restored: Tensor, clean: Tensor) -> Tensor:
        # Single precision or better, even where the network ran in bf16: measures subtract near-equals.
        restored = restored.to(torch.promote_types(restored.dtype, torch.float32))
        if beyond is not None:
            restored = displayed(restored, beyond)
        total = torch.full((), parsed.constant, dtype=restored.dtype, device=restored.device)
        for term in parsed.terms:
            total = total + term.coefficient * MEASURES[term.measure](restored, clean).mean()
        return total

    return loss
