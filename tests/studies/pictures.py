"""Small pictures for tests: each is different, and each says what it is."""

import hashlib
import struct
import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

TASKS, CONDITIONS, SCENES = ("denoise", "superres"), ("gmsd", "mae", "ms_ssim"), ("boat", "cat", "city")


def picture(name: str, size: tuple[int, int] = (12, 8), *, grey: bool = False) -> Image.Image:
    """Noise that depends on the name alone."""
    rng = np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]))
    shape = (size[1], size[0]) if grey else (size[1], size[0], 3)
    return Image.fromarray(rng.integers(0, 256, shape, dtype=np.uint8))


def png(name: str, size: tuple[int, int] = (12, 8), *, grey: bool = False) -> bytes:
    """The picture of that name as a PNG."""
    file = BytesIO()
    picture(name, size, grey=grey).save(file, "PNG")
    return file.getvalue()


def with_chunk(data: bytes, kind: bytes, content: bytes) -> bytes:
    """The same PNG with one more chunk behind its header."""
    chunk = struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return data[:33] + chunk + data[33:]


def fill(
    folder: Path,
    *,
    tasks: Sequence[str] = TASKS,
    conditions: Sequence[str] = CONDITIONS,
    scenes: Sequence[str] = SCENES,
    degraded: bool = True,
) -> Path:
    """The folder, filled as an experimenter would fill it."""
    for task in tasks:
        for condition in (*conditions, "reference", *(["degraded"] if degraded else [])):
            where = folder / task / condition
            where.mkdir(parents=True, exist_ok=True)
            for scene in scenes:
                # two tasks restore the same photographs
                name = scene if condition == "reference" else f"{task}/{condition}/{scene}"
                (where / f"{scene}.png").write_bytes(png(name))
    return folder
