"""torchvision imports beside a PyTorch that was built for processors alone.

torchvision's wheel on PyPI is linked to CUDA. Beside such a PyTorch its binary cannot be loaded, and then its Python
half fails too, because it describes two operators that nobody has declared. Nothing of what we use needs the binary:
networks, their weights and transforms are Python. So where it does not load, the two are declared here.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import torch

_DECLARED_IN_THE_BINARY = ("nms", "qnms")
_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


@cache
def make_torchvision_importable() -> torch.library.Library | None:
    """To be called before the first import of torchvision, or of what imports it; again it does nothing.

    Where the binary loads, or there is no torchvision, nothing is declared and the result is None. Otherwise it holds
    the declarations, which end when it is collected. ``torchvision.ops.nms``, ``deform_conv2d`` and the reading of
    pictures then stay out of reach.
    """
    torchvision = find_spec("torchvision")
    if torchvision is None or torchvision.origin is None:
        return None
    for binary in sorted(Path(torchvision.origin).parent.glob("_C*")):
        try:
            torch.ops.load_library(str(binary))  # type: ignore[no-untyped-call]
        except OSError:
            continue
        return None
    declared = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    for operator in _DECLARED_IN_THE_BINARY:
        declared.define(operator + _SCHEMA)  # type: ignore[no-untyped-call]
    return declared
