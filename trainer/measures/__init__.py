"""Image-quality measures: two batches of pictures in, one raw score per picture out.

Pictures are tensors N × 3 × H × W with values in [0, 1], the restored one first, the reference second. ``form`` says
what is compared: ``rgb`` (each channel by itself, then the mean of the three scores) or ``y`` (luma in 8 bits, as the
original implementations for grey pictures do). Value and gradient are finite for any pictures, flat, equal or pure
noise.
"""

from typing import Protocol

from torch import Tensor

from trainer.measures.channels import Form
from trainer.measures.cw_ssim import cw_ssim
from trainer.measures.errors import charbonnier, mae, mse, pamse, psnr
from trainer.measures.fsim import fsim
from trainer.measures.gmsd import gmsd
from trainer.measures.gti_cnn import gti_cnn
from trainer.measures.ifc import ifc
from trainer.measures.learned import deepiqa, dists, lpips, pieapp
from trainer.measures.mad import mad
from trainer.measures.mcsd import mcsd
from trainer.measures.nlpd import nlpd
from trainer.measures.sff import sff
from trainer.measures.ssim import ms_ssim, ssim
from trainer.measures.vif import vif
from trainer.measures.vsi import vsi


class Measure(Protocol):
    """A differentiable full-reference measure."""

    def __call__(self, restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
        """The raw score of each picture, in the catalogue's direction and range."""
        ...


MEASURES: dict[str, Measure] = {
    "mae": mae,
    "mse": mse,
    "psnr": psnr,
    "charbonnier": charbonnier,
    "pamse": pamse,
    "nlpd": nlpd,
    "mad": mad,
    "ssim": ssim,
    "ms_ssim": ms_ssim,
    "cw_ssim": cw_ssim,
    "gmsd": gmsd,
    "mcsd": mcsd,
    "fsim": fsim,
    "vsi": vsi,
    "sff": sff,
    "ifc": ifc,
    "vif": vif,
    "lpips": lpips,
    "dists": dists,
    "pieapp": pieapp,
    "deepiqa": deepiqa,
    "gti_cnn": gti_cnn,
}
"""The code behind each measure of ``app.catalog``; a test compares both lists."""
