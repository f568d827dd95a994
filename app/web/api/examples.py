"""A training and its job, as the description of several routes shows them."""

from typing import Any

from app.web.api.shapes import DIGEST, LATER, MOMENT

SPEC: dict[str, Any] = {
    "kind": "train",
    "recipe": {
        "task": "denoise", "objective": "1 - ms_ssim", "network": {"channels": 32, "blocks": 8}, "patch": 192,
        "batch": 16, "steps": 50000, "learning_rate": 0.0001, "halve_every": 20000, "clip_norm": None,
        "precision": "fp32", "seed": 0,
    },
    "photographs": [{"name": "astronaut", "digest": DIGEST}],
    "start_from": None,
}  # fmt: skip
TRAINING: dict[str, Any] = {"title": "denoise under 1 - ms_ssim", "priority": 100, "spec": SPEC}
USAGE: dict[str, Any] = {
    "device": "NVIDIA A100", "memory": 3_221_225_472, "memory_total": 42_949_672_960, "utilisation": 0.97,
    "threads": None,
}  # fmt: skip
JOB: dict[str, Any] = {
    "id": 17, "kind": "train", "title": "denoise under 1 - ms_ssim", "state": "running", "priority": 100,
    "attempt": 1, "stop_requested": False, "worker": "lab-gpu-1", "step": 12000, "total_steps": 50000, "loss": 0.031,
    "steps_per_second": 42.0, "error": None, "result": None, "usage": USAGE, "log_worker": "lab-gpu-1",
    "log_attempt": 1, "needs": [16], "created_at": MOMENT, "started_at": LATER, "finished_at": None,
}  # fmt: skip
