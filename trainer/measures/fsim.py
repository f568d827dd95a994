r"""Feature similarity with colour, FSIMc (Zhang, Zhang, Mou & Zhang, IEEE TIP 2011).

On the 0-255 scale, reduced to about 256 pixels, with phase congruency :math:`P`, Scharr's gradient magnitude :math:`G`
and the opponent colours :math:`I, Q` of YIQ,

.. math:: \frac{\sum S_P\,S_G\,(S_I S_Q)^{0.03}\,\max(P_x, P_y)}{\sum \max(P_x, P_y)}, \qquad
          S_A = \frac{2 A_x A_y + T_A}{A_x^2 + A_y^2 + T_A}

with :math:`T_P = 0.85`, :math:`T_G = 160` and :math:`T_I = T_Q = 200`.

A picture in form ``y`` is grey: its colours are equal everywhere and the value is that of FSIM, as the authors' code
gives it for grey pictures. Restored pictures are clamped to [0, 1]; the gradient passes.
"""

import torch
from torch import Tensor

from trainer.measures.channels import Form, channels
from trainer.measures.colour import YIQ, converted
from trainer.measures.features import edges, likeness, pooled, power, reduced
from trainer.measures.phase_congruency import phase_congruency
from trainer.measures.straight_through import clamped


def fsim(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The similarity of each picture to its reference, in [0, 1]; 1 where both are equal."""
    restored, reference = channels("fsim", restored, reference, form)
    x, y = (reduced(converted(255 * clamped(p).expand(-1, 3, -1, -1), YIQ)) for p in (restored, reference))
    phase_x, phase_y = phase_congruency(x[:, 0]), phase_congruency(y[:, 0])
    similarity = likeness(phase_x, phase_y, 0.85) * likeness(edges(x[:, 0]), edges(y[:, 0]), 160)
    if form == "rgb":
        similarity = similarity * power(likeness(x[:, 1:], y[:, 1:], 200).prod(1), 0.03)
    return pooled(similarity, torch.maximum(phase_x, phase_y))
