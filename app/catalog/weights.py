"""The files of trained weights that learned measures need: plain data, no torch.

``app.catalog.shelf`` looks where they lie on this machine, ``trainer.weights`` fetches and loads them.
"""

from dataclasses import dataclass

_PYIQA = "https://huggingface.co/chaofengc/IQA-PyTorch-Weights/resolve/main/"
_PYIQA_TOO = "https://github.com/chaofengc/IQA-PyTorch/releases/download/v0.1-weights/"


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file of weights, as its publisher named it."""

    name: str
    holds: str
    licence: str
    sources: tuple[str, ...] = ()  # addresses that serve it, the first that answers counts; none: nobody published it
    sha256: str = ""  # empty: any file of that name is taken
    size: int = 0  # bytes, to three digits where its publisher says no more; 0 where it is unknown

    @property
    def megabytes(self) -> str:
        """Its size in words."""
        return f"{self.size / 1e6:.0f} MB" if self.size >= 1e6 else f"{self.size / 1e3:.0f} kB" if self.size else ""


_VGG16 = WeightFile(
    "vgg16-397923af.pth",
    "VGG-16 trained on ImageNet, by torchvision",
    "BSD-3-Clause (the photographs behind it: for research)",
    ("https://download.pytorch.org/models/vgg16-397923af.pth",),
    "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
    553_433_881,
)


def _of_pyiqa(name: str, holds: str, licence: str, sha256: str, size: int) -> WeightFile:
    return WeightFile(name, holds, licence, (_PYIQA + name, _PYIQA_TOO + name), sha256, size)


WEIGHTS: dict[str, tuple[WeightFile, ...]] = {
    "lpips": (
        _VGG16,
        _of_pyiqa(
            "LPIPS_v0.1_vgg-a78928a0.pth", "the linear layers of LPIPS 0.1 on VGG-16", "BSD-2-Clause",
            "a78928a0af1e5f0fcb1f3b9e8f8c3a2a5a3de244d830ad5c1feddc79b8432868", 7_289,
        ),
    ),
    "dists": (
        _VGG16,
        _of_pyiqa(
            "DISTS_weights-f5e65c96.pth", "how much each feature counts in DISTS", "MIT",
            "f5e65c96230b7f6ca995691647d482237e4cab8a50c5c4a5784f219ef0748218", 12_288,
        ),
    ),
    "pieapp": (
        _of_pyiqa(
            "PieAPPv0.1-0937b014.pth", "PieAPP 0.1 as its authors trained it", "CC-BY-NC-SA-4.0 (no commercial use)",
            "0937b01480c7a637ae3018af755faa8ecde4788b52bb246b7ae62cf96fb6baf0", 274_000_000,
        ),
    ),
    "deepiqa": (
        _of_pyiqa(
            "WaDIQaM-kadid-f7541ea5.pth", "WaDIQaM-FR trained on KADID-10k by pyiqa",
            "CC-BY-NC-SA-4.0 (no commercial use)",
            "f7541ea5dd4d742559e689889a0f3035bdff22fc444e5602a3082ed426ef20a8", 25_157_201,
        ),
    ),
    "gti_cnn": (WeightFile("gti_cnn.pth", "a GTI-CNN that you trained", "yours: nobody published one"),),
}  # fmt: skip
"""Per learned measure what it needs. The hashes of pyiqa's files are those that their publisher states."""
