"""Real photographs that ship inside installed packages, found as files: nothing is imported, nothing downloaded."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from app.errors import NotFound
from app.jobs.photo_files import PhotoFile


@dataclass(frozen=True, slots=True)
class Packaged:
    """A photograph inside a package, with its author and its licence."""

    name: str
    package: str
    file: str
    author: str
    licence: str

    @property
    def source(self) -> str:
        """Where it comes from, in one line."""
        return f"{self.package}: {self.author}; {self.licence}"


PACKAGED = (
    Packaged("astronaut", "skimage", "data/astronaut.png", "NASA", "public domain"),
    Packaged("chelsea", "skimage", "data/chelsea.png", "Stefan van der Walt", "CC0"),
    Packaged("china", "sklearn", "datasets/images/china.jpg", "danielbuechele", "CC BY 2.0"),
    Packaged("coffee", "skimage", "data/coffee.png", "Rachel Michetti", "CC0"),
    Packaged("flower", "sklearn", "datasets/images/flower.jpg", "vultilion", "CC BY 2.0"),
    Packaged("grace_hopper", "matplotlib", "mpl-data/sample_data/grace_hopper.jpg", "US Navy", "public domain"),
    Packaged(
        "motorcycle",
        "skimage",
        "data/motorcycle_left.png",
        "D. Scharstein et al., GCPR 2014",
        "published for research at vision.middlebury.edu/stereo",
    ),
    Packaged("rocket", "skimage", "data/rocket.jpg", "SpaceX", "public domain"),
)
TEST = ("china", "coffee", "flower", "motorcycle")  # with much to tell apart; the others are for training


class PackagesMissing(NotFound):
    """The packages that carry the photographs are not installed."""

    def __init__(self, missing: list[Packaged]) -> None:
        names = ", ".join(f"{photograph.name} ({photograph.package})" for photograph in missing)
        super().__init__(
            f"These photographs are not there: {names}.",
            "install the trainer (`pip install '.[trainer]'` in Beholder's checkout) or name a folder of photographs "
            "with --photos",
        )


def packaged() -> list[PhotoFile]:
    """All packaged photographs; raises ``PackagesMissing``."""
    found = {photograph: _path(photograph) for photograph in PACKAGED}
    missing = [photograph for photograph, path in found.items() if path is None]
    if missing:
        raise PackagesMissing(missing)
    return [PhotoFile(photograph.name, path, photograph.source) for photograph, path in found.items() if path]


def _path(photograph: Packaged) -> Path | None:
    spec = find_spec(photograph.package)  # looks the package up without running it
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / photograph.file
        if path.is_file():
            return path
    return None
