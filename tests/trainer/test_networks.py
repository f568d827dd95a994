"""The networks have the paper's shape at whatever size the recipe asks for."""

from collections.abc import Callable

import pytest
import torch

from app.catalog import UnknownTask
from app.jobs.presets import UnknownPreset
from trainer.networks import Compressor, Denoiser, Superresolver, build


def parameters(network: torch.nn.Module) -> int:
    return sum(weights.numel() for weights in network.parameters())


def test_the_denoiser_of_the_paper_s_size_has_its_number_of_parameters() -> None:
    assert parameters(Denoiser(64, 16)) == 1_222_147
    assert parameters(build("denoise", preset="paper")) == parameters(build("deblur")) == 1_222_147


def test_super_resolution_adds_two_convolutions_for_the_two_enlargements() -> None:
    assert parameters(Superresolver(64, 16)) == 1_222_147 + 2 * (64 * 64 * 9 + 64)


def test_a_denoiser_that_predicts_no_noise_returns_its_input() -> None:
    network, picture = Denoiser(8, 2), torch.rand(1, 3, 17, 23)
    for weights in network.noise.parameters():
        torch.nn.init.zeros_(weights)
    assert torch.equal(network(picture), picture)


@pytest.mark.parametrize(
    ("build", "last"), [(Denoiser, "noise"), (Superresolver, "detail"), (Compressor, "synthesis.4.up")]
)
def test_the_last_layer_computes_in_single_precision_where_the_trunk_is_in_bfloat16(
    build: Callable[[int, int], torch.nn.Module], last: str
) -> None:
    network, seen = build(8, 1), dict[str, torch.dtype]()
    for name, layer in network.named_modules():
        if isinstance(layer, torch.nn.Conv2d):
            layer.register_forward_hook(lambda _, __, made, name=name: seen.update({name: made.dtype}))
    with torch.autocast("cpu", torch.bfloat16):
        restored = network(torch.rand(1, 3, 16, 16))
    assert {name for name, dtype in seen.items() if dtype == torch.float32} == {last}
    assert restored.dtype == torch.float32
    assert not torch.equal(restored, restored.bfloat16().float()), "finer than bfloat16 can say"


def test_super_resolution_gives_four_times_the_size() -> None:
    assert Superresolver(8, 2)(torch.rand(2, 3, 11, 7)).shape == (2, 3, 44, 28)


def test_the_compressor_has_eight_stages_of_two_blocks_and_a_code_of_64_channels() -> None:
    block, stage = 2 * (64 * 64 * 9 + 64), 64 * 64 * 9 + 64
    down, up = 3 * stage + 3 * 64 * 9 + 64, 3 * stage + 64 * 3 * 9 + 3
    assert parameters(build("compress")) == down + up + 16 * block + 2 * stage


def test_compression_gives_pictures_of_the_same_size_through_a_grid_16_times_smaller() -> None:
    network, picture = Compressor(4, 1), torch.rand(2, 3, 48, 32)
    assert network.encode(picture).shape == (2, 64, 3, 2)
    assert network(picture).shape == picture.shape


def test_networks_are_built_at_the_size_of_a_preset() -> None:
    assert parameters(build("superres", preset="tiny")) == parameters(Superresolver(16, 3))
    with pytest.raises(UnknownPreset, match="did you mean 'paper'"):
        build("denoise", preset="papr")
    with pytest.raises(UnknownTask, match="did you mean 'deblur'"):
        build("deblurr")
