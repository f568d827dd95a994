"""What a browser may say about the screen that its page is on, in a form as in JSON."""

from typing import Annotated

from pydantic import Field, FiniteFloat

MOST_PIXELS = 100_000  # of a screen's side; none comes near it
PixelRatio = Annotated[FiniteFloat, Field(gt=0, le=100)]
Gamut = Annotated[str, Field(pattern="^(srgb|p3|rec2020)$")]
DynamicRange = Annotated[str, Field(pattern="^(standard|high)$")]
