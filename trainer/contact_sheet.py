"""A contact sheet: pictures of one size side by side, each with a caption, as a PNG."""

import io
import math
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

_COLUMNS = 4
_GAP, _CAPTION, _TYPE = 8, 26, 15  # pixels
_SURROUND, _STRIP, _INK = ((level,) * 3 for level in (119, 95, 244))  # greys, as around what subjects judge


def contact_sheet(pictures: Sequence[tuple[str, Tensor]]) -> bytes:
    """The sheet; pictures are H × W × 3, eight bits, and stand at one picture pixel per pixel.

    Cells are as wide as the widest caption where that is wider than the pictures.
    """
    height, width, _ = pictures[0][1].shape
    columns = min(_COLUMNS, len(pictures))
    rows = math.ceil(len(pictures) / columns)
    font = ImageFont.load_default(_TYPE)
    cell = max(width, *(math.ceil(font.getlength(caption)) + _GAP for caption, _ in pictures))
    across, down = cell + _GAP, height + _CAPTION + _GAP
    sheet = Image.new("RGB", (columns * across + _GAP, rows * down + _GAP), _SURROUND)
    draw = ImageDraw.Draw(sheet)
    for number, (caption, picture) in enumerate(pictures):
        left, top = _GAP + number % columns * across, _GAP + number // columns * down
        sheet.paste(Image.fromarray(picture.numpy()), (left + (cell - width) // 2, top))
        strip = (left, top + height, left + cell - 1, top + height + _CAPTION - 1)
        draw.rectangle(strip, _STRIP)
        draw.text((left + cell / 2, top + height + _CAPTION / 2), caption, _INK, font, anchor="mm")
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()
