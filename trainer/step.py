"""One step: from a batch to better weights, without once waiting for the device."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from app.jobs.contract import Recipe
from trainer.company import ALONE, Company
from trainer.objectives import Loss
from trainer.state import TrainingState


class Step:
    """What a batch does to a training's state: gradient, clipping, Adam, the averages of weights and of the loss.

    A step whose loss or gradient is not finite changes nothing and is counted. All of that is decided on the device:
    asking there for a number would make it idle until the answer has come back, at every step.
    """

    def __init__(
        self,
        state: TrainingState,
        recipe: Recipe,
        objective: Loss,
        company: Company = ALONE,
    ) -> None:
        self.restore: Callable[[Tensor], Tensor] = state.network  # or what a compiler has made of it
        self._state, self._objective, self._company = state, objective, company
        self._longest = recipe.clip_norm or math.inf
        self._weights: list[Tensor] = list(state.network.parameters())
        self._averages: list[Tensor] = [] if state.averaged is None else list(state.averaged.parameters())
        self._pace = 1 - (recipe.ema or 0.0)
        # Without autocast's cache of rounded weights, which a captured graph must not hold; each is used once anyway.
        self._trunk = torch.autocast(
            state.generator.device.type, torch.bfloat16, enabled=recipe.precision == "bf16", cache_enabled=False
        )

    def __call__(self, degraded: Tensor, clean: Tensor) -> None:
        """The state after one more batch, its counter of steps apart."""
        with self._trunk:
            restored = self.restore(degraded)
        loss = self._objective(restored, clean)  # outside autocast: measures subtract near-equals
        self._state.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        loss = loss.detach()
        self._company.average([loss, *(weights.grad for weights in self._weights if weights.grad is not None)])
        # Without a limit this only measures; where the norm is finite, every gradient is.
        norm = torch.nn.utils.clip_grad_norm_(self._weights, self._longest)
        finite = loss.isfinite() & norm.isfinite()
        # Fused Adam looks at this flag on the device, as it does for gradients in half precision, and then leaves
        # weights, averages and its own count of steps alone: one bad batch must not poison them.
        self._state.optimizer.found_inf = (~finite).float()  # type: ignore[attr-defined]
        self._state.optimizer.step()
        self._count(loss, finite)
        if self._averages:
            self._average(finite)

    def _count(self, loss: Tensor, finite: Tensor) -> None:
        state = self._state
        moved = torch.where(state.loss.isnan(), loss, state.loss.lerp(loss, 0.05))
        state.loss.copy_(torch.where(finite, moved, state.loss))  # in place: a captured graph writes where it wrote
        state.skipped += ~finite

    @torch.no_grad()
    def _average(self, finite: Tensor) -> None:
        """The averaged weights move towards the new ones; all layers at once, not one kernel each.

        Until the average reaches as far back as its decay says, it is the mean of all weights so far: short trainings
        would show mostly what they were begun with else.
        """
        taken: Tensor = self._state.optimizer.state[self._weights[0]]["step"]  # on the device, without skipped ones
        changes = torch._foreach_sub(self._weights, self._averages)
        torch._foreach_mul_(changes, finite * taken.clamp(min=1).reciprocal().clamp(min=self._pace))
        torch._foreach_add_(self._averages, changes)
