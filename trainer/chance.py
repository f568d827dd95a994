"""Gaussian numbers that every CPU agrees on to fifteen digits, and a grid that takes away what is left.

PyTorch draws the same uniform numbers on every CPU. It makes Gaussian ones of them in single precision, with whatever
instructions the CPU has, and the last bits differ; so do those of sums. A scene must be the same wherever it is made:
its pictures have hashes, and conditions that were rendered on two machines are compared. So what scenes are made of is
computed in double precision and then rounded to a grid, which is coarse beside the differences and fine beside
everything that eight bits show: that two CPUs round a value of it differently happens once in ten billion values.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

_BLOCK = 16  # numbers that PyTorch makes of as many uniform ones at a time


def gaussian(shape: Sequence[int], generator: torch.Generator) -> Tensor:
    """Gaussian numbers of mean 0 and σ = 1 in double precision, from a generator of the CPU.

    They are those of ``torch.randn`` in single precision before it rounds (where there are at least sixteen), by the
    same transform of the same uniform numbers: Box & Muller, Annals of Mathematical Statistics 1958.
    """
    count = math.prod(shape)
    drawn = torch.rand(max(count, _BLOCK), generator=generator)
    whole = len(drawn) // _BLOCK * _BLOCK
    numbers = torch.empty(len(drawn), dtype=torch.float64)
    numbers[:whole] = _transformed(drawn[:whole])
    if whole < len(drawn):  # as PyTorch does: the last block is drawn anew, and covers the rest
        numbers[-_BLOCK:] = _transformed(torch.rand(_BLOCK, generator=generator))
    return numbers[:count].view(*shape)


def on_grid(values: Tensor, bits: int = 16) -> Tensor:
    """The values rounded to whole multiples of 2 to the power of ``-bits``, which single precision then holds exactly.

    Below 256 it does so for 16 bits, and up to 1 for 24.
    """
    return torch.ldexp(torch.ldexp(values, torch.tensor(bits)).round(), torch.tensor(-bits)).float()


def _transformed(uniform: Tensor) -> Tensor:
    """Gaussian numbers of uniform ones; of each block the first half gives lengths and the second half angles."""
    lengths, angles = uniform.double().view(-1, 2, _BLOCK // 2).unbind(1)
    lengths, angles = (-2 * torch.log1p(-lengths)).sqrt(), math.tau * angles
    return torch.stack((lengths * angles.cos(), lengths * angles.sin()), 1).flatten()
