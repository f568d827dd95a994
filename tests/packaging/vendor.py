"""Writes static/vendor: the files of other projects that our pages use, copied out of a ``node_modules`` folder.

``make vendor`` comes through here. static/package.json says which packages, in which version, and which of their files;
a file's name says its version, and VENDOR.md its licence, its origin and its hash.
"""

import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parents[2] / "static"
HEAD = """# Vendored files

Our pages ask no other host for anything, so what they use of other projects lies here, unchanged. `static/package.json`
pins the versions; `make vendor` fetches the files from npm and writes this page. Do not edit either by hand.

| file | package | version | licence | from | sha256 |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Vendored:
    """One file of another project as it lies in static/vendor."""

    name: str
    package: str
    version: str
    source: str

    def row(self, licence: str, data: bytes) -> str:
        """Its line in VENDOR.md."""
        digest = hashlib.sha256(data).hexdigest()
        return f"| {self.name} | {self.package} | {self.version} | {licence} | {self.source} | `{digest}` |\n"


def pinned(package_json: Path = STATIC / "package.json") -> list[Vendored]:
    """The files that static/package.json asks for."""
    stated = json.loads(package_json.read_text(encoding="utf-8"))
    return [
        Vendored(
            _name(package, source, stated["dependencies"][package]), package, stated["dependencies"][package], source
        )
        for package, sources in stated["vendored"].items()
        for source in sources
    ]


def _name(package: str, source: str, version: str) -> str:
    """``uPlot-1.6.32.esm.js``; types lie beside their module under its name, where the compiler looks for them."""
    stem, dot, ending = Path(source).name.partition(".")
    if not dot:
        return f"{package}-{version}.{stem}.txt"
    return f"{stem}-{version}.{'esm.d.ts' if ending == 'd.ts' else ending}"


def write(node_modules: Path, folder: Path = STATIC / "vendor") -> None:
    """The folder holds the pinned files and VENDOR.md, and nothing else."""
    files, rows = dict[str, bytes](), ""
    for file in pinned():
        package = json.loads((node_modules / file.package / "package.json").read_text(encoding="utf-8"))
        if package["version"] != file.version:
            sys.exit(f"{node_modules} holds {file.package} {package['version']} instead of {file.version}.")
        files[file.name] = (node_modules / file.package / file.source).read_bytes()
        rows += file.row(package["license"], files[file.name])
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "VENDOR.md").write_text(HEAD + rows, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
