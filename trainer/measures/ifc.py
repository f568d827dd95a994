r"""The information fidelity criterion (Sheikh, Bovik & de Veciana, IEEE TIP 2005).

The bits per pixel that the restored picture holds about the reference. With the symbols of
:mod:`trainer.measures.information`,

.. math:: \frac{1}{HW} \sum_i \sum_j \log_2\left(1 + \frac{g_i^2 s_i^2 \lambda_j}{\sigma_{V,i}^2 + 10^{-10}}\right),

over the blocks i of all bands, with the pyramid, windows and constants of the authors' code, which differ from the
paper's. Without the eye's noise there is no upper end: equal pictures score about 70 to 85, which depends on nothing
but the :math:`10^{-10}`; near equality the gradient grows without end, too. Contrast is worth nothing: a picture with
more or less of it, but no other change, scores as high.
"""

import torch
from torch import Tensor

from trainer.measures.channels import Form, channels
from trainer.measures.information import bits, scales

_TOLERANCE = 1e-10


def ifc(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The information about the reference in each picture, in bits per pixel."""
    x, y = channels("ifc", restored, reference, form)
    known = [
        bits(scale.gain**2 * scale.variance / (scale.noise + _TOLERANCE), scale.eigenvalues)
        for scale in scales(x.flatten(0, 1), y.flatten(0, 1))
    ]
    height, width = x.shape[-2:]
    return torch.stack(known).sum(0).view(x.shape[:2]).mean(1) / (height * width)
