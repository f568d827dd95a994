"""A code of two levels as the bits that would be stored or sent: the rate is counted, not claimed."""

import numpy as np
import torch
from torch import Tensor


def pack(code: Tensor) -> bytes:
    """The symbols -1 and 1 of one picture's code, 1 × C × H × W, as a bit each, eight to a byte, row by row."""
    return np.packbits(code.detach().cpu().numpy().ravel() > 0).tobytes()


def unpack(data: bytes, shape: tuple[int, ...]) -> Tensor:
    """The code of that shape whose ``pack`` is ``data``."""
    count = int(np.prod(shape))
    bits = np.unpackbits(np.frombuffer(data, np.uint8), count=count)
    return torch.from_numpy(bits.astype(np.float32) * 2 - 1).view(shape)


def entropy(code: Tensor) -> float:
    """The bits per symbol that an ideal coder needs who knows only how often each channel's symbol is 1.

    At most 1; times symbols per pixel it is the rate that such a coder would reach on this code.
    """
    share = (code.detach().double() > 0).double().mean(dim=(0, 2, 3))
    return float(-(torch.xlogy(share, share) + torch.xlogy(1 - share, 1 - share)).mean() / np.log(2))
