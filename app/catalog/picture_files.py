"""Which files are photographs, by their names; what they hold is looked at by whoever reads them."""

from pathlib import PurePath

SUFFIXES = (".bmp", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp")


def is_picture(name: str | PurePath) -> bool:
    """Whether a file is taken for a photograph."""
    return PurePath(name).suffix.lower() in SUFFIXES
