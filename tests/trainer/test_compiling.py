"""A compiler sees each network as one piece and makes of it the same function: what a GPU's step relies on."""

import pytest
import torch

from trainer.networks import NETWORKS


@pytest.mark.slow
@pytest.mark.parametrize("task", NETWORKS)
def test_a_network_is_compiled_in_one_piece_with_its_last_layer_in_single_precision(task: str) -> None:
    network, degraded = NETWORKS[task](8, 1), torch.rand(2, 3, 32, 32)
    compiled = torch.compile(network, backend="aot_eager", fullgraph=True)  # all of it but the making of kernels
    gradients = []
    for function in (network, compiled):
        network.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, cache_enabled=False):
            restored = function(degraded)
        assert restored.dtype == torch.float32
        torch.autograd.backward(restored.square().mean())
        gradients.append([weights.grad.clone() for weights in network.parameters() if weights.grad is not None])
    for ours, theirs in zip(*gradients, strict=True):
        torch.testing.assert_close(ours, theirs)
