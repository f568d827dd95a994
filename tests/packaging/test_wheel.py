"""The wheel holds everything, and runs in an environment of its own, far from the checkout and without PyTorch."""

import re
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest

import app
from app.db import Database
from app.media import Media
from app.sessions import links
from app.settings import Settings
from tests.packaging import elsewhere
from tests.packaging.closure import ROOT, closure, declared
from tests.packaging.elsewhere import Elsewhere
from tests.web import small_study, trained

CARRIED = ("templates", "static", "migrations", "locales")
STATICS = [
    path
    for folder in ("css", "js", "img", "vendor")
    for path in (ROOT / "static" / folder).rglob("*")
    if path.is_file()
]


@pytest.fixture(scope="module")
def place(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    """Installed as a web server is: with the postgres extra, without the trainer's."""
    return elsewhere.installed(made, closure(declared("postgres")).values(), tmp_path_factory.mktemp("place"))


@pytest.fixture(scope="module")
def address(place: Elsewhere) -> Iterator[str]:
    """A server of the installed program, on tables that it migrated itself."""
    migrated = place.run("beholder", "migrate")
    assert migrated.returncode == 0, migrated.stderr
    command = place.command("beholder", "serve", "--port", "0")
    with subprocess.Popen(command, cwd=place.folder, env=place.variables, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().split("Beholder serves ")[1].split()[0]
        server.terminate()


@pytest.fixture(scope="module")
def signed_in(place: Elsewhere, address: str) -> Iterator[httpx2.Client]:
    """Somebody at the desk, by the link that the program printed."""
    said = place.run("beholder", "account", "create", "ada", "--link").stdout
    with httpx2.Client(base_url=address, follow_redirects=True, trust_env=False) as client:
        assert client.post(re.findall(r"/login/once/\S+", said)[0]).url.path == "/admin/studies"
        yield client


def tracked(folder: str) -> set[str]:
    """Every file of a folder of the checkout that belongs to it."""
    paths = (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in paths}


def test_the_wheel_holds_the_program_and_all_that_it_shows_and_nothing_else(made: Path) -> None:
    names = set(zipfile.ZipFile(made).namelist())
    code = tracked("app") | tracked("trainer")
    shown = {f"app/{name}" for folder in CARRIED for name in tracked(folder)}
    about = {name for name in names if ".dist-info/" in name}
    assert {name for name in code if name.endswith((".py", ".csv"))} | shown == names - about
    assert made.name == f"beholder-{app.__version__}-py3-none-any.whl"
    assert {Path(name).name for name in about} >= {"LICENSE", "METADATA", "entry_points.txt"}


def test_it_runs_from_the_environment_and_not_from_the_checkout(place: Elsewhere) -> None:
    code = "import app, trainer; from app.resources import *; print(app.__file__, trainer.__file__, TEMPLATES, STATIC)"
    for found in place.run("python", "-c", code).stdout.split():
        assert Path(found).is_relative_to(place.environment), found
    helped = place.run("beholder", "--help")
    assert helped.returncode == 0, helped.stderr
    assert "serve" in helped.stdout


def test_every_template_compiles(place: Elsewhere) -> None:
    code = (
        "from app.resources import TEMPLATES; from app.settings import Settings; from app.web.app import create_app\n"
        "pages = create_app(Settings(data_dir='compiled')).state.pages\n"
        "for name in sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob('*.html')):\n"
        "    for tag in pages.languages.tags: pages.template(name, tag)\n"
        "    print(name)"
    )
    compiled = place.run("python", "-c", code)
    assert compiled.stderr == ""
    assert set(compiled.stdout.split()) == {
        path.relative_to(ROOT / "templates").as_posix() for path in (ROOT / "templates").rglob("*.html")
    }


def test_it_is_ready_and_serves_every_static_file(address: str) -> None:
    with httpx2.Client(base_url=address, trust_env=False) as client:
        assert client.get("/readyz").json() == {"status": "ready"}
        version = re.findall(r"/static/([0-9a-f]{12})/", client.get("/login").text)[0]
        for path in STATICS:
            reply = client.get(f"/static/{version}/{path.relative_to(ROOT / 'static').as_posix()}")
            assert reply.content == path.read_bytes(), path
            assert "immutable" in reply.headers["cache-control"]


def test_every_page_is_drawn_with_all_that_it_names(place: Elsewhere, signed_in: httpx2.Client, tmp_path: Path) -> None:
    settings = Settings(data_dir=place.data)
    database, media = Database(settings.database), Media(settings.media)
    study = small_study.create(database, media, small_study.paint(tmp_path / "pictures"))
    matrix = trained.launched(database, media)
    trained.moved(database, matrix)
    database.close()
    tabs = [f"/admin/studies/{study}/{tab}" for tab in ("stimuli", "protocol", "links", "monitor", "results")]
    job = f"/admin/trainings/{matrix.trainings['denoise', 'ms_ssim']}"
    desk = ("/admin/studies", "/admin/studies/new", "/admin/trainings", "/admin/account", job, f"{job}/curve.svg")
    named = set[str]()
    for path in ("/", "/login", f"/join/{links.public_token(database, settings.secret(), study)}", *desk, *tabs):
        reply = signed_in.get(path)
        assert reply.status_code == 200, path
        named |= {urljoin(path, found) for found in re.findall(r'(?:src|href)="([^"#?]*/static/[^"]*)"', reply.text)}
    assert named
    assert {path: signed_in.get(path).status_code for path in named} == dict.fromkeys(named, 200)
    assert signed_in.get("/nowhere").status_code == 404


def test_without_the_trainer_extra_the_worker_says_so_and_takes_no_job(place: Elsewhere) -> None:
    assert place.run("python", "-c", "import torch").returncode != 0
    told = place.run("beholder", "worker", "--until-idle")
    assert told.returncode == 2
    assert told.stderr.count("\n") == 1
    assert "PyTorch is not installed: install Beholder with its trainer extra" in told.stderr
