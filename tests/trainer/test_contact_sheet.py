"""Contact sheets: pictures as they are, and captions that can be read."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from trainer.contact_sheet import contact_sheet

SURROUND = (119, 119, 119)
CAPTIONS = ("start", "step 20000", "best, step 20000", "reference", "one more")


@pytest.mark.parametrize("side", [32, 64, 256])
def test_no_caption_runs_into_the_next_however_small_the_pictures(side: int) -> None:
    white = torch.full((side, side, 3), 255, dtype=torch.uint8)
    with Image.open(io.BytesIO(contact_sheet([(caption, white) for caption in CAPTIONS]))) as sheet:
        pixels = np.asarray(sheet)
    cell = (sheet.width - 8) // 4
    for column in range(5):
        gap = pixels[:, column * cell : column * cell + 8]
        assert (gap == SURROUND).all()


def test_pictures_stand_at_one_pixel_per_pixel_above_their_captions() -> None:
    noise = torch.randint(0, 256, (200, 300, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    with Image.open(io.BytesIO(contact_sheet([("start", noise), ("reference", noise)]))) as sheet:
        pixels = np.asarray(sheet)
    assert pixels.shape == (200 + 26 + 16, 2 * 308 + 8, 3)
    for left in (8, 316):
        assert (pixels[8:208, left : left + 300] == noise.numpy()).all()
