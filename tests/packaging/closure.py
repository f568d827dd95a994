"""What a set of requirements brings with it on this machine: itself, and what it needs through others."""

import tomllib
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
_FILE = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, BUILD_SYSTEM = _FILE["project"], _FILE["build-system"]


def declared(*extras: str) -> list[Requirement]:
    """What pyproject.toml asks for, with these extras."""
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in PROJECT["optional-dependencies"][extra])]
    return [Requirement(line) for line in lines]


def closure(requirements: Iterable[Requirement]) -> dict[str, Distribution]:
    """Every installed package that the requirements name or need, by its name."""
    found, followed = dict[str, Distribution](), set[tuple[str, str]]()
    open_ends = [requirement for requirement in requirements if _wanted(requirement, "")]
    while open_ends:
        requirement = open_ends.pop()
        name = canonicalize_name(requirement.name)
        found[name] = distribution(name)
        for extra in {"", *requirement.extras} - {extra for known, extra in followed if known == name}:
            followed.add((name, extra))
            needs = (Requirement(line) for line in found[name].requires or [])
            open_ends += [need for need in needs if _wanted(need, extra)]
    return found


def _wanted(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})
