"""The full-reference measures: plain data, in the families and the order of the published comparison."""

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """What a measure looks at; figures give each family one colour."""

    ERROR_VISIBILITY = "error visibility"
    STRUCTURAL_SIMILARITY = "structural similarity"
    INFORMATION = "information"
    LEARNED = "learned"


@dataclass(frozen=True, slots=True)
class Measure:
    """A full-reference image-quality model; as a training loss it is an objective."""

    id: str
    name: str
    paper: str
    family: Family
    higher_is_better: bool
    lowest: float | None  # None: unbounded
    highest: float | None
    objective: str  # the objective text that optimizes it
    smallest_side: int  # pixels
    needs_weights: bool = False
    colour: bool = False  # looks at all channels at once: has no form on the luma alone
    licence: str = "Apache-2.0 (ours)"

    @property
    def best(self) -> float | None:
        """The end of its range at which pictures are best; None where there is none."""
        return self.highest if self.higher_is_better else self.lowest


_ERRORS, _STRUCTURE, _INFORMATION, _LEARNED = Family

MEASURES: dict[str, Measure] = {
    measure.id: measure
    for measure in (
        Measure(
            "mae", "Mean absolute error",
            "L1 distance on [0, 1]", _ERRORS,
            higher_is_better=False, lowest=0, highest=1, objective="mae", smallest_side=1,
        ),
        Measure(
            "mse", "Mean squared error",
            "squared L2 distance on [0, 1]", _ERRORS,
            higher_is_better=False, lowest=0, highest=1, objective="mse", smallest_side=1,
        ),
        Measure(
            "psnr", "Peak signal-to-noise ratio",
            "10 log10(1 / MSE), in dB, at most 100", _ERRORS,
            higher_is_better=True, lowest=None, highest=100, objective="- psnr", smallest_side=1,
        ),
        Measure(
            "charbonnier", "Charbonnier distance",
            "Charbonnier, Blanc-Féraud, Aubert & Barlaud, ICIP 1994", _ERRORS,
            higher_is_better=False, lowest=0, highest=None, objective="charbonnier", smallest_side=1,
        ),
        Measure(
            "pamse", "Perceptual-fidelity aware mean squared error",
            "Xue, Mou, Zhang & Feng, ICCV 2013", _ERRORS,
            higher_is_better=False, lowest=0, highest=None, objective="pamse", smallest_side=7,
        ),
        Measure(
            "nlpd", "Normalized Laplacian pyramid distance",
            "Laparra, Ballé, Berardino & Simoncelli, Electronic Imaging 2016", _ERRORS,
            higher_is_better=False, lowest=0, highest=None, objective="nlpd", smallest_side=32,
        ),
        Measure(
            "mad", "Most apparent distortion",
            "Larson & Chandler, Journal of Electronic Imaging 2010", _ERRORS,
            higher_is_better=False, lowest=0, highest=None, objective="mad", smallest_side=32,
        ),
        Measure(
            "ssim", "Structural similarity",
            "Wang, Bovik, Sheikh & Simoncelli, IEEE TIP 2004", _STRUCTURE,
            higher_is_better=True, lowest=-1, highest=1, objective="1 - ssim", smallest_side=11,
        ),
        Measure(
            "ms_ssim", "Multi-scale structural similarity",
            "Wang, Simoncelli & Bovik, Asilomar 2003", _STRUCTURE,
            higher_is_better=True, lowest=0, highest=1, objective="1 - ms_ssim", smallest_side=161,
        ),
        Measure(
            "cw_ssim", "Complex-wavelet structural similarity",
            "Sampat, Wang, Gupta, Bovik & Markey, IEEE TIP 2009", _STRUCTURE,
            higher_is_better=True, lowest=0, highest=1, objective="1 - cw_ssim", smallest_side=64,
        ),
        Measure(
            "gmsd", "Gradient magnitude similarity deviation",
            "Xue, Zhang, Mou & Bovik, IEEE TIP 2014", _STRUCTURE,
            higher_is_better=False, lowest=0, highest=None, objective="gmsd", smallest_side=8,
        ),
        Measure(
            "mcsd", "Multi-scale contrast similarity deviation",
            "Wang, Zhang, Jia, Li & Shu, Signal Processing: Image Communication 2016 (constants ours)", _STRUCTURE,
            higher_is_better=False, lowest=0, highest=None, objective="mcsd", smallest_side=48,
        ),
        Measure(
            "fsim", "Feature similarity (FSIMc)",
            "Zhang, Zhang, Mou & Zhang, IEEE TIP 2011", _STRUCTURE,
            higher_is_better=True, lowest=0, highest=1, objective="1 - fsim", smallest_side=16, colour=True,
        ),
        Measure(
            "vsi", "Visual saliency-induced index",
            "Zhang, Shen & Li, IEEE TIP 2014", _STRUCTURE,
            higher_is_better=True, lowest=0, highest=1, objective="1 - vsi", smallest_side=16, colour=True,
        ),
        Measure(
            "sff", "Sparse feature fidelity",
            "Chang, Yang, Gan & Wang, IEEE TIP 2013 (features ours)", _STRUCTURE,
            higher_is_better=True, lowest=-1, highest=1, objective="1 - sff", smallest_side=24, colour=True,
        ),
        Measure(
            "ifc", "Information fidelity criterion",
            "Sheikh, Bovik & de Veciana, IEEE TIP 2005", _INFORMATION,
            higher_is_better=True, lowest=0, highest=None, objective="- ifc", smallest_side=65,
            licence="Apache-2.0 (ours), filter taps MIT (pyrtools)",
        ),
        Measure(
            "vif", "Visual information fidelity (wavelet domain)",
            "Sheikh & Bovik, IEEE TIP 2006", _INFORMATION,
            higher_is_better=True, lowest=0, highest=None, objective="1 - vif", smallest_side=65,
            licence="Apache-2.0 (ours), filter taps MIT (pyrtools)",
        ),
        Measure(
            "lpips", "Learned perceptual image patch similarity (VGG)",
            "Zhang, Isola, Efros, Shechtman & Wang, CVPR 2018", _LEARNED,
            higher_is_better=False, lowest=0, highest=None, objective="lpips", smallest_side=16,
            needs_weights=True, colour=True, licence="code PolyForm-Noncommercial (pyiqa), weights BSD-2-Clause",
        ),
        Measure(
            "dists", "Deep image structure and texture similarity",
            "Ding, Ma, Wang & Simoncelli, IEEE TPAMI 2022", _LEARNED,
            higher_is_better=False, lowest=0, highest=1, objective="dists", smallest_side=16,
            needs_weights=True, colour=True, licence="code PolyForm-Noncommercial (pyiqa), weights MIT",
        ),
        Measure(
            "pieapp", "Perceptual image-error assessment through pairwise preference",
            "Prashnani, Cai, Mostofi & Sen, CVPR 2018", _LEARNED,
            higher_is_better=False, lowest=None, highest=None, objective="pieapp", smallest_side=64,
            needs_weights=True, colour=True, licence="code PolyForm-Noncommercial (pyiqa), weights CC-BY-NC-SA-4.0",
        ),
        Measure(
            "deepiqa", "Weighted-average deep image quality (WaDIQaM-FR)",
            # The authors' weights are lower for better pictures; pyiqa's, trained on KADID-10k, are higher.
            "Bosse, Maniry, Müller, Wiegand & Samek, IEEE TIP 2018 (pyiqa's weights, trained on KADID-10k)", _LEARNED,
            higher_is_better=True, lowest=None, highest=None, objective="- deepiqa", smallest_side=32,
            needs_weights=True, colour=True, licence="code PolyForm-Noncommercial (pyiqa), weights CC-BY-NC-SA-4.0",
        ),
        Measure(
            "gti_cnn", "Geometric-transformation-invariant network",
            "Ma, Duanmu & Wang, ICASSP 2018", _LEARNED,
            higher_is_better=False, lowest=0, highest=None, objective="gti_cnn", smallest_side=16,
            needs_weights=True, colour=True, licence="Apache-2.0 (ours); no weights are published",
        ),
    )
}  # fmt: skip
