"""Weights for learned measures: random ones, in files like the real ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trainer.weights import forget_networks, put_up, random_weights


@pytest.fixture(scope="session")
def weights_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def learned(weights_folder: Path) -> Iterator[Path]:
    """Learned measures work; their values mean nothing."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        put_up(weights_folder, monkeypatch)
        yield weights_folder
    forget_networks()
