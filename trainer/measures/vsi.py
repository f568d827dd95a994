r"""Visual saliency-induced index, VSI (Zhang, Shen & Li, IEEE TIP 2014).

On the 0-255 scale, reduced to about 256 pixels, with saliency :math:`V`, Scharr's gradient magnitude :math:`G` of
:math:`L` and the opponent colours :math:`M, N`,

.. math:: \frac{\sum S_V\,S_G^{0.4}\,(S_M S_N)^{0.02}\,\max(V_x, V_y)}{\sum \max(V_x, V_y)}, \qquad
          S_A = \frac{2 A_x A_y + C_A}{A_x^2 + A_y^2 + C_A}

with :math:`C_V = 1.27`, :math:`C_G = 386` and :math:`C_M = C_N = 130`.

A picture in form ``y`` is grey, in three equal channels. Restored pictures are clamped to [0, 1]; the gradient passes.

This is the authors' code (VSI.m of 2013) in every step. Values that circulate for pictures of TID2013 as VSI's own (I03
0.9139, I06 0.9922) are of a translation into Python that takes saliency at the pictures' own size and under another
white.
"""

import torch
from torch import Tensor

from trainer.measures.channels import Form, channels
from trainer.measures.colour import LMN, converted
from trainer.measures.features import edges, likeness, pooled, power, reduced
from trainer.measures.saliency import saliency
from trainer.measures.straight_through import clamped


def vsi(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The similarity of each picture to its reference, in [0, 1]; 1 where both are equal."""
    pictures = [clamped(p).expand(-1, 3, -1, -1) for p in channels("vsi", restored, reference, form)]
    salient_x, salient_y = (reduced(saliency(p)) for p in pictures)
    x, y = (reduced(converted(255 * p, LMN)) for p in pictures)
    similarity = (
        likeness(salient_x, salient_y, 1.27)
        * likeness(edges(x[:, 0]), edges(y[:, 0]), 386) ** 0.4
        * power(likeness(x[:, 1:], y[:, 1:], 130).prod(1), 0.02)
    )
    return pooled(similarity, torch.maximum(salient_x, salient_y))
