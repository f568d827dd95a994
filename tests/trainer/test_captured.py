"""When a step is compiled, warmed up, guarded and captured; with a driver that only takes notes, as there is no GPU."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import torch
from torch import Tensor

from trainer.captured import CapturedStep


@dataclass
class Driver:
    """Stands for CUDA: it notes what it is told, and refuses what it is meant to refuse."""

    said: list[str] = field(default_factory=list)
    guarded: bool = False
    capturing: bool = False
    refuses_to_capture: bool = False

    def wait_stream(self, other: object) -> None:
        """Streams wait for each other here, too."""

    def guard(self, mode: str) -> None:
        self.guarded = mode == "error"

    @contextlib.contextmanager
    def capture(self, graph: object, capture_error_mode: str) -> Iterator[None]:
        assert capture_error_mode == "thread_local"
        if self.refuses_to_capture:
            raise RuntimeError("operation not permitted when stream is capturing\nmore of it")
        self.capturing = True
        yield
        self.capturing = False

    def replay(self) -> None:
        self.said.append("replayed")


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Driver:
    driver = Driver()
    fakes: dict[str, Callable[..., object]] = {
        "Stream": lambda device: driver,
        "current_stream": lambda device: driver,
        "default_stream": lambda device: driver,
        "stream": lambda stream: contextlib.nullcontext(),
        "set_stream": lambda stream: driver.said.append("stream reset"),
        "synchronize": lambda device: None,
        "set_sync_debug_mode": driver.guard,
        "CUDAGraph": lambda: driver,
        "graph": driver.capture,
    }
    for name, fake in fakes.items():
        monkeypatch.setattr(torch.cuda, name, fake)
    monkeypatch.setattr(torch, "compile", lambda network: f"compiled {network}")
    return driver


@dataclass
class NotedStep:
    """A step that notes how it was taken."""

    driver: Driver
    restore: object = "network"
    waits: bool = False
    compiler_is_there: bool = True
    seen: list[float] = field(default_factory=list)

    def __call__(self, degraded: Tensor, clean: Tensor) -> None:
        if self.restore == "compiled network" and not self.compiler_is_there:
            raise RuntimeError("no compiler")
        if self.waits and self.driver.guarded:
            raise RuntimeError("called a synchronizing CUDA operation")
        if self.driver.capturing:
            self.inputs = degraded
            self.driver.said.append("captured")
        else:
            self.seen.append(degraded.item())
            self.driver.said.append(f"{self.restore}{' guarded' if self.driver.guarded else ''}")


def taken(step: NotedStep, count: int = 7) -> CapturedStep:
    captured = CapturedStep(step, torch.device("cuda"))  # type: ignore[arg-type]
    for number in range(count):
        captured(torch.tensor(float(number)), torch.tensor(0.0))
    return captured


def test_a_step_warms_up_compiled_is_guarded_once_captured_and_then_replayed(driver: Driver) -> None:
    step = NotedStep(driver)
    assert taken(step).is_captured
    compiled = "compiled network"
    assert driver.said == [*[compiled] * 3, f"{compiled} guarded", "captured", *["replayed"] * 3]
    assert step.seen == [0, 1, 2, 3], "each batch once: the capture takes no step"
    assert step.inputs.item() == 6, "the last batch lies where the graph reads"


def test_without_a_compiler_the_step_is_captured_as_it_is(driver: Driver) -> None:
    step = NotedStep(driver, compiler_is_there=False)
    assert taken(step).is_captured
    assert driver.said == [*["network"] * 3, "network guarded", "captured", *["replayed"] * 3]
    assert step.seen == [0, 1, 2, 3]


def test_a_step_that_waits_for_the_device_goes_on_uncaptured_and_loses_no_batch(driver: Driver) -> None:
    step = NotedStep(driver, waits=True)
    assert not taken(step).is_captured
    assert step.seen == [0, 1, 2, 3, 4, 5, 6]
    assert not driver.guarded, "waiting is allowed again"


def test_a_step_that_the_driver_does_not_capture_goes_on_eagerly(driver: Driver) -> None:
    driver.refuses_to_capture = True
    step = NotedStep(driver)
    assert not taken(step).is_captured
    assert step.seen == [0, 1, 2, 3, 4, 5, 6]
    assert driver.said.count("stream reset") == 1
