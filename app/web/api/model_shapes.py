"""What stands beside a task's scores over the API: the preference for a side, and the scenes that take no part."""

from pydantic import Field

from app.analysis.scores import LeftOut
from app.results.summary import left_out_summary
from app.web.api.shapes import Told, example

SIDE = {
    "estimate": 0.04, "stderr": 0.03, "p": 0.18, "stderr_by_subject": 0.05, "p_by_subject": 0.43, "shift": 0.004,
    "votes": 1800,
}  # fmt: skip
LEFT_OUT = {
    "scene": "coffee-2", "reason": "mae never lost to gmsd", "components": [["mae"], ["gmsd"]], "never_lost": [[0, 1]],
    "never_compared": [],
}  # fmt: skip


class SideTold(Told):
    """How far the left side of the screen was preferred, whatever stood there; negative for the right."""

    model_config = example(SIDE)

    estimate: float = Field(description="The preference. Unit: logits.")
    stderr: float = Field(description="Its standard error, votes taken as independent. Unit: logits.")
    p: float = Field(description="Two-sided p-value of that.")
    stderr_by_subject: float | None = Field(
        description="Its standard error, subjects taken as independent; null with fewer than two. Unit: logits."
    )
    p_by_subject: float | None = Field(description="Two-sided p-value of that.")
    shift: float = Field(description="How far allowing for it would move any score at most. Unit: logits.")
    votes: float = Field(description="How many votes tell their sides.")


class LeftOutTold(Told):
    """A scene that takes no part in the scores."""

    model_config = example(LEFT_OUT)

    scene: str = Field(description="The scene.")
    reason: str = Field(description="Why, in words.")
    components: list[list[str]] | None = Field(
        description="The parts it falls into, none of which lost to a later one; null where that is not the reason."
    )
    never_lost: list[list[int]] | None = Field(
        description="Pairs of positions in components: the first never lost to the second, and won."
    )
    never_compared: list[list[str]] | None = Field(
        description="Sets of conditions without any vote between them; empty where there is one."
    )


def left_out_told(scenes: tuple[LeftOut, ...]) -> list[LeftOutTold]:
    """The scenes as the API tells them."""
    return [LeftOutTold.model_validate(left_out_summary(one)) for one in scenes]
