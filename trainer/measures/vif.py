r"""Visual information fidelity in the wavelet domain (Sheikh & Bovik, IEEE TIP 2006).

The information that the restored picture holds about the scene, over the information in the reference, both as seen by
an eye with internal noise of variance :math:`\sigma_n^2 = 0.4`. With the symbols of
:mod:`trainer.measures.information`,

.. math:: \frac{\sum_i \sum_j \log_2\left(1 + \frac{g_i^2 s_i^2 \lambda_j}{\sigma_{V,i}^2 + \sigma_n^2}\right)}
               {\sum_i \sum_j \log_2\left(1 + \frac{s_i^2 \lambda_j}{\sigma_n^2}\right)},

sums over the blocks i of all bands. It is 1 for equal pictures, and above 1 where the restored one has more contrast.
A restored picture without any detail is a stationary point (the score is quadratic in the gain), and details that
contradict the reference's count as none: as an objective, it needs a network that is already right on the whole.
"""

import torch
from torch import Tensor

from trainer.measures.channels import Form, channels
from trainer.measures.information import bits, scales

_NEURAL_NOISE = 0.4
_GUARD = 1e-3  # bits; a reference without information has none to lose, and the score is 1


def vif(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The share of the information that each picture has kept; 1 where both are equal, more with enhanced contrast."""
    x, y = channels("vif", restored, reference, form)
    kept, whole = [], []
    for scale in scales(x.flatten(0, 1), y.flatten(0, 1)):
        kept.append(bits(scale.gain**2 * scale.variance / (scale.noise + _NEURAL_NOISE), scale.eigenvalues))
        whole.append(bits(scale.variance / _NEURAL_NOISE, scale.eigenvalues))
    share = (torch.stack(kept).sum(0) + _GUARD) / (torch.stack(whole).sum(0) + _GUARD)
    return share.view(x.shape[:2]).mean(1)
