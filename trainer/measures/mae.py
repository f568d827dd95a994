"""Mean absolute error: the objective of every first stage."""

from torch import Tensor

from trainer.measures.channels import Form, channels


def mae(restored: Tensor, reference: Tensor, form: Form = "rgb") -> Tensor:
    """The mean absolute difference of each picture; 0 where both are equal."""
    x, y = channels("mae", restored, reference, form)
    return (x - y).abs().mean((1, 2, 3))
