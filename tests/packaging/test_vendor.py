"""What lies in static/vendor is what package.json pins, VENDOR.md describes and the pages use: no more, no less."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from tests.packaging import vendor
from tests.packaging.vendor import Vendored, pinned

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "static/vendor"
PACKAGE = json.loads((ROOT / "static/package.json").read_text(encoding="utf-8"))
FILES = pinned()
ROWS = [
    tuple(cell.strip(" `") for cell in line.strip("|").split("|"))
    for line in (FOLDER / "VENDOR.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| (?!file |--)", line)
]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_is_the_one_whose_hash_was_written_down(file: Vendored) -> None:
    (row,) = [row for row in ROWS if row[0] == file.name]
    digest = hashlib.sha256((FOLDER / file.name).read_bytes()).hexdigest()
    assert row[1:3] == (file.package, file.version)
    assert row[3] in {"MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "0BSD", "Apache-2.0"}
    assert row[4:] == (file.source, digest)
    assert file.version in file.name


def test_nothing_else_lies_there() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {"VENDOR.md", *(file.name for file in FILES)}
    assert [row[0] for row in ROWS] == [file.name for file in FILES]


def test_every_package_is_pinned_to_one_version_and_comes_with_its_licence() -> None:
    assert PACKAGE["vendored"].keys() == PACKAGE["dependencies"].keys()
    for package, version in (PACKAGE["dependencies"] | PACKAGE["devDependencies"]).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), package
    for package in PACKAGE["dependencies"]:
        (licence,) = [file for file in FILES if file.package == package and "LICENSE" in file.source]
        assert "Permission" in (FOLDER / licence.name).read_text(encoding="utf-8")


def test_the_pages_use_these_files_and_name_no_others() -> None:
    pages = [
        *(ROOT / "templates").rglob("*.html"),
        *(ROOT / "static/js").glob("*.js"),
        *(ROOT / "static/css").glob("*.css"),
    ]
    used = {
        name for page in pages for name in re.findall(r"vendor/([\w.-]+\.(?:js|css))", page.read_text(encoding="utf-8"))
    }
    assert used == {file.name for file in FILES if file.name.endswith((".js", ".css"))}


def test_writing_them_anew_changes_nothing_and_another_version_is_refused(tmp_path: Path) -> None:
    modules = tmp_path / "node_modules"
    for file in FILES:
        target = modules / file.package / file.source
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((FOLDER / file.name).read_bytes())
        about = {"version": file.version, "license": "MIT"}
        (modules / file.package / "package.json").write_text(json.dumps(about), encoding="utf-8")
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor/left-behind-1.0.0.js").write_text("old")
    vendor.write(modules, tmp_path / "vendor")
    assert {path.name: path.read_bytes() for path in (tmp_path / "vendor").iterdir()} == {
        path.name: path.read_bytes() for path in FOLDER.iterdir()
    }
    (modules / "uplot/package.json").write_text('{"version": "9.9.9", "license": "MIT"}', encoding="utf-8")
    with pytest.raises(SystemExit, match=r"9\.9\.9 instead of"):
        vendor.write(modules, tmp_path / "vendor")
