"""The tasks: plain data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Baseline:
    """A condition that no training made; its id is the condition's name."""

    id: str
    title: str


_INPUT = Baseline("input", "the degraded input as it is, at the size of the scene")
_JPEG = Baseline("jpeg", "JPEG of at most 0.25 bits per pixel, as many as the code has")


@dataclass(frozen=True, slots=True)
class Task:
    """What a network restores."""

    id: str
    title: str
    degradation: str
    multiple: int  # sides of a scene must be divisible by this
    baselines: tuple[Baseline, ...] = (_INPUT,)


TASKS: dict[str, Task] = {
    task.id: task
    for task in (
        Task("denoise", "Denoising", "white Gaussian noise, σ = 50 on the 0-255 scale, not clipped", 1),
        Task("deblur", "Deblurring", "motion blur along a random trajectory of at most 60 px, borders mirrored", 1),
        Task("superres", "Super-resolution ×4", "bicubic ×4 reduction with antialiasing", 4),
        Task(
            "compress",
            "Compression",
            "a code of 0.25 bits per pixel; shown beside it: JPEG of no more bits",
            16,
            (_JPEG,),
        ),
    )
}
