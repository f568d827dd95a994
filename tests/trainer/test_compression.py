"""A quarter bit per pixel is what a code really takes, what learning goes through, and what JPEG is held to."""

import io

import numpy as np
import pytest
import torch
from PIL import Image
from structlog.testing import capture_logs

from tests.trainer.conftest import scenery
from trainer.jpeg import at_rate
from trainer.networks import Compressor
from trainer.networks.bits import entropy, pack, unpack
from trainer.networks.compressor import BITS_PER_PIXEL, quantized
from trainer.tasks import TASKS


def picture(width: int = 256, height: int = 192) -> torch.Tensor:
    return torch.from_numpy(scenery(width, height, 0.4)).permute(2, 0, 1)[None] / 255


@pytest.mark.parametrize("channels", [4, 12])
def test_the_packed_code_of_a_picture_has_a_quarter_bit_per_pixel_and_comes_back(channels: int) -> None:
    clean, network = picture(), Compressor(channels, 1)
    with torch.no_grad():
        code = network.encode(clean)
        data = pack(code)
        again = unpack(data, tuple(code.shape))
        assert torch.equal(again, code)
        assert torch.equal(network.decode(again), network(clean))
    assert len(data) * 8 / (256 * 192) == BITS_PER_PIXEL == 0.25
    assert entropy(code) * 64 / 256 <= 0.25


def test_the_code_tells_pictures_apart_before_anything_is_learned() -> None:
    network = Compressor(8, 2)
    with torch.no_grad():
        ours, theirs = network.encode(picture()), network.encode(picture().flip(-1))
    assert 0.05 < (ours != theirs).double().mean() < 0.95


def test_the_quantizer_is_the_sign_forward_and_the_soft_assignment_backward() -> None:
    features = torch.tensor([-3.0, -0.2, 0.0, 0.4, 7.0], dtype=torch.float64, requires_grad=True)
    code = quantized(features)
    assert code.tolist() == [-1, -1, 1, 1, 1]
    code.sum().backward()
    centres = torch.tensor([-1.0, 1.0], dtype=torch.float64)
    soft = features.detach().clone().requires_grad_()
    ((-((soft[:, None] - centres) ** 2)).softmax(1) * centres).sum().backward()  # as it is defined
    assert soft.grad is not None
    assert features.grad is not None
    assert torch.allclose(features.grad, soft.grad, atol=1e-12)


def test_the_entropy_is_that_of_each_channel_s_symbols() -> None:
    code = torch.ones(1, 2, 2, 4)
    code[0, 1, 0, :2] = -1  # a quarter of the second channel
    quarter = -(0.25 * np.log2(0.25) + 0.75 * np.log2(0.75))
    assert entropy(code) == pytest.approx(quarter / 2)
    assert entropy(torch.ones(1, 2, 2, 4)) == 0


def test_jpeg_has_the_highest_quality_that_fits() -> None:
    clean = picture()
    for rate in (0.25, 0.6, 2.0):
        found = at_rate(clean, rate)
        assert found.fits
        assert len(found.data) * 8 / (256 * 192) == found.bits_per_pixel <= rate
        buffer = io.BytesIO()
        Image.fromarray(scenery(256, 192, 0.4)).save(
            buffer, "JPEG", quality=found.quality + 1, subsampling="4:2:0", optimize=True
        )
        assert len(buffer.getvalue()) * 8 / (256 * 192) > rate
    with Image.open(io.BytesIO(found.data)) as opened:
        assert np.array_equal((found.picture[0] * 255).round().byte().permute(1, 2, 0).numpy(), np.array(opened))


def test_a_picture_whose_headers_alone_are_too_many_bits_is_told_and_gets_the_lowest_quality() -> None:
    found = at_rate(picture(32, 32), 0.25)
    assert (found.fits, found.quality) == (False, 1)
    assert found.bits_per_pixel > 0.25
    with capture_logs() as said:
        TASKS["compress"].stage(picture(32, 32), torch.Generator())
        TASKS["compress"].stage(picture(), torch.Generator())
    assert [line["bits_per_pixel"] for line in said] == [round(found.bits_per_pixel, 3)]
