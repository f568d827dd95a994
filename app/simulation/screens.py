"""What a simulated subject says of its screen, and of where it looked: an ordinary one, and the middle."""

import secrets
from typing import Any

READING = {
    "pixel_ratio": "1", "pane_width": "8192", "pane_height": "8192", "exact": "true", "touch_only": "false",
    "window_width": "24700", "window_height": "8400", "screen_width": "24700", "screen_height": "8600",
    "zoom_percent": "100", "gamut": "srgb", "dynamic_range": "standard",
}  # fmt: skip  # so large that no study's gate is closed to it

SCREEN = {
    "pixel_ratio": 1.0, "pane_width": 8192, "pane_height": 8192, "exact": True, "gamut": "srgb",
    "dynamic_range": "standard",
}  # fmt: skip


def batch(trial: dict[str, Any], elapsed_ms: int) -> dict[str, Any]:
    """What a trial's page notices while it is looked at, as it sends that."""
    place = trial["position"]
    middle = {"cx": trial["width"] / 2, "cy": trial["height"] / 2}
    looks = {"kind": "view", "trial": place, **middle, "overview": False, "in_place": None}
    events = [
        {"kind": "panes", "t": 1.0, "width": 8192, "height": 8192, "ratio": 1.0},
        {"kind": "shown", "t": 2.0, "trial": place},
        {**looks, "t": 2.0, "scale": 1},
        {**looks, "t": elapsed_ms / 2, "scale": 2},
        {"kind": "answered", "t": 2.0 + elapsed_ms, "trial": place, "elapsed_ms": elapsed_ms},
    ]
    return {"key": secrets.token_urlsafe(18), "events": events}
