"""What each task of ``app.catalog`` means in code; a test compares both lists."""

from trainer.tasks.denoise import DENOISE
from trainer.tasks.restoration import Restoration
from trainer.tasks.superres import SUPERRES

TASKS: dict[str, Restoration] = {"denoise": DENOISE, "superres": SUPERRES}

__all__ = ["TASKS", "Restoration"]
