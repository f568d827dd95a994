"""Files of weights for tests: of the names, the keys and the shapes of the real ones, with random numbers in them."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch import Tensor

from app.catalog.weights import WEIGHTS
from trainer.download import sha256_of
from trainer.measures import pyiqa_networks
from trainer.measures.gti_cnn import stages

_VGG16 = {0: (3, 64), 2: (64, 64), 5: (64, 128), 7: (128, 128), 10: (128, 256), 12: (256, 256), 14: (256, 256),
          17: (256, 512), 19: (512, 512), 21: (512, 512), 24: (512, 512), 26: (512, 512), 28: (512, 512)}  # fmt: skip
_PIEAPP = [3, 64, 64, 64, 128, 128, 128, 256, 256, 256, 512, 512]
_WADIQAM = {0: (3, 32), 2: (32, 32), 5: (32, 64), 7: (64, 64), 10: (64, 128), 12: (128, 128), 15: (128, 256),
            17: (256, 256), 20: (256, 512), 22: (512, 512)}  # fmt: skip


def random_weights(folder: Path) -> Path:
    """The folder, with a file for every learned measure; numbers that keep features between 0.1 and 10."""
    folder.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(20)
    torch.save(
        _convolutions({f"features.{at}": size for at, size in _VGG16.items()}, generator), folder / "vgg16-397923af.pth"
    )
    lpips = {f"lin{at}.model.1.weight": torch.rand(1, size, 1, 1, generator=generator)
             for at, size in enumerate((64, 128, 256, 512, 512))}  # fmt: skip
    torch.save(lpips, folder / "LPIPS_v0.1_vgg-a78928a0.pth")
    dists = {name: torch.rand(1, 1475, 1, 1, generator=generator) for name in ("alpha", "beta")}
    torch.save(dists, folder / "DISTS_weights-f5e65c96.pth")
    torch.save(_pieapp(generator), folder / "PieAPPv0.1-0937b014.pth")
    wadiqam = _convolutions({f"features.{at}": size for at, size in _WADIQAM.items()}, generator)
    for head in ("fc_q", "fc_w"):
        wadiqam |= _linear(f"{head}.0", 1536, 512, generator) | _linear(f"{head}.3", 512, 1, generator)
    torch.save({"params": wadiqam}, folder / "WaDIQaM-kadid-f7541ea5.pth")
    gti = _convolutions({f"stage{at + 1}": (3, 8, 8, 16, 16)[at : at + 2] for at in range(4)}, generator)
    torch.save(gti, folder / "gti_cnn.pth")
    return folder


def put_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files in the folder are the weights of this installation, and their hashes are those that are expected."""
    monkeypatch.setenv("BEHOLDER_WEIGHTS", str(folder))
    monkeypatch.setenv("TORCH_HOME", str(folder / "torch"))
    for name, files in WEIGHTS.items():
        known = tuple(replace(file, sha256=sha256_of(folder / file.name)) for file in files)
        monkeypatch.setitem(WEIGHTS, name, known)
    forget_networks()


def forget_networks() -> None:
    """The next measure loads its weights anew."""
    pyiqa_networks.network.cache_clear()
    stages.cache_clear()


def _pieapp(generator: torch.Generator) -> dict[str, Tensor]:
    sizes = pairwise(_PIEAPP)
    found = _convolutions({f"conv{at}": size for at, size in enumerate(sizes, 1)}, generator)
    # 512 rows that overlap: a file of half a megabyte in the place of 250.
    numbers = torch.randn(120832 + 511 * 7, generator=generator) / 120832**0.5
    found |= {"fc1_score.weight": numbers.as_strided((512, 120832), (7, 1)), "fc1_score.bias": torch.zeros(512)}
    found |= _linear("fc2_score", 512, 1, generator) | _linear("fc1_weight", 2048, 512, generator)
    found |= _linear("fc2_weight", 512, 1, generator)
    return found | {"ref_score_subtract.weight": torch.ones(1), "ref_score_subtract.bias": torch.zeros(1)}


def _convolutions(sizes: dict[str, tuple[int, ...]], generator: torch.Generator) -> dict[str, Tensor]:
    found = dict[str, Tensor]()
    for name, (before, after) in sizes.items():
        found[f"{name}.weight"] = torch.randn(after, before, 3, 3, generator=generator) * (2 / before / 9) ** 0.5
        found[f"{name}.bias"] = torch.randn(after, generator=generator) * 0.1
    return found


def _linear(name: str, before: int, after: int, generator: torch.Generator) -> dict[str, Tensor]:
    weight = torch.randn(after, before, generator=generator) * (2 / before) ** 0.5
    return {f"{name}.weight": weight, f"{name}.bias": torch.randn(after, generator=generator) * 0.1}
