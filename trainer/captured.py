"""A step as one captured CUDA graph: a single launch instead of hundreds, which small networks would wait for.

Only on a GPU. There the network is compiled first, which joins activations and sums to the convolutions; a few steps
warm up; one is taken under a guard that refuses whatever waits for the device; then the step is captured and from then
on replayed, on buffers that stay where they are. What cannot be compiled, or captured, goes on as it is: slower, and
with the same result up to rounding.

A graph reads the filters that its measures keep, which are those of the last few sizes of pictures: while a graph is
replayed, measures are asked of no other sizes. A training never does.
"""

import torch
from torch import Tensor

from app.log import logger
from trainer.step import Step

_WARM_UP = 3  # steps until filters, plans and compiled kernels are there


class CapturedStep:
    """A step that is compiled at its first call and captured after its fourth, where device and objective allow it."""

    def __init__(self, step: Step, device: torch.device, *, capture: bool = True) -> None:
        self._step, self._device = step, device
        self._calls, self._capture = 0, capture
        self._stream: torch.cuda.Stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]  # where steps are taken before one is captured
        self._graph: torch.cuda.CUDAGraph | None = None
        self._inputs: tuple[Tensor, Tensor] | None = None

    @property
    def is_captured(self) -> bool:
        """Whether the step is replayed by now."""
        return self._graph is not None

    def __call__(self, degraded: Tensor, clean: Tensor) -> None:
        """The state after one more batch, its counter of steps apart."""
        if self._graph is not None and self._inputs is not None:
            for place, batch in zip(self._inputs, (degraded, clean), strict=True):
                place.copy_(batch)
            self._graph.replay()
            return
        if self._calls == 0:
            self._compiled(degraded, clean)
        elif not self._capture:
            self._step(degraded, clean)
        elif self._calls < _WARM_UP:
            self._aside(degraded, clean)
        else:
            self._guarded(degraded, clean)
        self._calls += 1

    def _compiled(self, degraded: Tensor, clean: Tensor) -> None:
        eager = self._step.restore
        self._step.restore = torch.compile(eager)
        try:
            self._aside(degraded, clean)
        except Exception as error:  # whatever it was: eagerly the step works, or says itself what is wrong
            logger("trainer").warning("not compiled", reason=_first_line(error))
            self._step.restore = eager
            self._aside(degraded, clean)

    def _aside(self, degraded: Tensor, clean: Tensor) -> None:
        """The step on a stream of its own, as capturing wants those before it to have been."""
        here = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(here)
        with torch.cuda.stream(self._stream):
            self._step(degraded, clean)
        here.wait_stream(self._stream)

    def _guarded(self, degraded: Tensor, clean: Tensor) -> None:
        """The step where waiting for the device is an error: an objective that does so cannot be captured."""
        torch.cuda.set_sync_debug_mode("error")
        try:
            self._aside(degraded, clean)
        except RuntimeError as error:
            self._refuse(error)
        finally:
            torch.cuda.set_sync_debug_mode("default")
        if self._capture:
            self._captured(degraded, clean)
        else:
            self._step(degraded, clean)  # once more: what was begun had not reached the weights

    def _captured(self, degraded: Tensor, clean: Tensor) -> None:
        """The step recorded, not taken; the batch serves as a pattern for the buffers."""
        inputs, graph = (degraded.clone(), clean.clone()), torch.cuda.CUDAGraph()
        torch.cuda.synchronize(self._device)
        try:
            # thread_local: what other threads ask of the GPU, pinning memory say, is no part of it and no mistake.
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):
                self._step(*inputs)
        except RuntimeError as error:
            torch.cuda.set_stream(torch.cuda.default_stream(self._device))  # a capture that fails leaves its own set
            torch.cuda.synchronize(self._device)
            self._refuse(error)
            return
        self._graph, self._inputs = graph, inputs

    def _refuse(self, error: RuntimeError) -> None:
        logger("trainer").warning("not captured", reason=_first_line(error))
        self._capture = False


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
