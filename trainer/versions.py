"""What made a network: the program down to its commit and its very source, and the packages it stands on."""

import hashlib
import platform
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import app
from trainer.measures.pyiqa_networks import OF_PYIQA

_PACKAGES = ("torch", "numpy", "pillow")  # what computes, and what decodes photographs
_HERE = Path(__file__).resolve().parent


def versions(measures: Iterable[str] = ()) -> dict[str, str]:
    """Names and versions: Beholder, its commit where it runs from a checkout, its source, Python and the packages.

    ``source`` is a digest of the trainer's own files, so that a checkout that was edited does not pass for its commit.
    pyiqa is named where it builds the network of one of these measures.
    """
    commit = commit_of(_HERE.parent)
    return {
        "beholder": app.__version__,
        **({} if commit is None else {"commit": commit[:12]}),
        "source": _source()[:12],
        "python": platform.python_version(),
        **{package: metadata.version(package) for package in _PACKAGES},
        **({"pyiqa": metadata.version("pyiqa")} if OF_PYIQA.keys() & set(measures) else {}),
    }


def commit_of(checkout: Path) -> str | None:
    """The commit at which a checkout stands, as its ``.git`` says; None where there is none, or none yet."""
    git = checkout / ".git"
    try:
        if git.is_file():  # one of several working trees: the file names the folder
            git = checkout / git.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
        head = (git / "HEAD").read_text(encoding="utf-8").strip()
        return _of_branch(git, head.removeprefix("ref: ")) if head.startswith("ref: ") else head
    except OSError:
        return None


def _of_branch(git: Path, branch: str) -> str | None:
    common = git / "commondir"
    shared = git / common.read_text(encoding="utf-8").strip() if common.is_file() else git
    for folder in (git, shared):
        if (folder / branch).is_file():
            return (folder / branch).read_text(encoding="utf-8").strip()
    for line in (shared / "packed-refs").read_text(encoding="utf-8").splitlines():
        commit, _, name = line.partition(" ")
        if name == branch:
            return commit
    return None


def _source() -> str:
    digest = hashlib.sha256()
    for path in sorted(_HERE.rglob("*.py")):
        digest.update(f"{path.relative_to(_HERE).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
