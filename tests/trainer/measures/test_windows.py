"""Windows give the means that filtering gives, on small sides and on those that take several matrices."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter, uniform_filter

from trainer.measures.windows import box, gaussian


@pytest.mark.parametrize("size", [(11, 40), (300, 70), (64, 700)])
def test_the_gaussian_window_is_scipys_where_it_fits(size: tuple[int, int]) -> None:
    maps = np.random.default_rng(1).random((2, *size))
    expected = [gaussian_filter(one, 1.5, radius=5)[5 : size[0] - 5, 5 : size[1] - 5] for one in maps]
    np.testing.assert_allclose(gaussian(torch.from_numpy(maps), 11, 1.5).numpy(), expected, rtol=1e-12)


@pytest.mark.parametrize("size", [(40, 50), (300, 800)])
def test_boxes_begin_where_they_are_told(size: tuple[int, int]) -> None:
    maps = np.random.default_rng(2).random((2, *size))
    rows, columns = range(2, size[0] - 9, 3), range(4, size[1] - 8, 2)
    expected = [uniform_filter(one, 9)[np.ix_([r + 4 for r in rows], [c + 4 for c in columns])] for one in maps]
    np.testing.assert_allclose(box(torch.from_numpy(maps), 9, rows, columns).numpy(), expected, rtol=1e-12)


def test_gradients_pass_through_several_matrices() -> None:
    maps = torch.rand(1, 20, 300, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: gaussian(x, 11, 1.5), maps, fast_mode=True)
