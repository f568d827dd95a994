"""The images and the compose file: linted, true to the settings, and their commands run as a container would."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.serve import listen
from app.settings import Settings
from tests.packaging import elsewhere
from tests.packaging.closure import BUILD_SYSTEM, PROJECT, ROOT, closure, declared
from tests.packaging.containers import USER, Container, can_stand_in, command, compose, last, lineage, stages, variables

IMAGES = ("web", "trainer")
PINNED = re.compile(r"[a-z0-9./-]+:\d[\w.-]*@sha256:[0-9a-f]{64}")
SERVICES = compose()["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
VERBS, ONE = {"stop", "start", "exec", "run", "create"}, {"exec", "run"}  # `up` finds the profile of what it is named
SETTINGS = {f"BEHOLDER_{name.upper()}" for name in Settings.model_fields}


def test_the_linter_finds_nothing() -> None:
    linter = shutil.which("hadolint", path=f"{Path(sys.executable).parent}")
    if linter is None:
        pytest.skip("hadolint is made for Linux on x86-64 only")
    found = subprocess.run(
        [linter, "--no-color", str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_every_base_is_pinned_by_version_and_content() -> None:
    arguments = dict(line.split("=", 1) for line in stages()[""].all("ARG"))
    for stage in list(stages().values())[1:]:
        base = re.sub(r"\$\{(\w+)\}", lambda name: arguments[name[1]], stage.base)
        assert base in stages() or PINNED.fullmatch(base), f"{stage.name} begins with {base}"
    for name, service in SERVICES.items():
        assert "build" in service or PINNED.fullmatch(service["image"]), name


def test_what_is_copied_exists_and_is_sent_to_the_engine() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for stage in stages().values():
        for line in stage.all("COPY"):
            *sources, _target = [word for word in line.split() if not word.startswith("--")]
            if "--from=" in line:
                assert line.split("--from=")[1].split()[0] in stages()
                continue
            for source in sources:
                assert (ROOT / source).exists(), source
                assert f"!{source}" in ignored, f"{source} is copied, but .dockerignore keeps it back"
    assert ignored[1] == "*"  # only what is named goes out


def test_the_wheel_is_made_of_all_that_the_project_says() -> None:
    copied = {word.removeprefix("./") for line in stages()["wheel"].all("COPY") for word in line.split()}
    carried = re.findall(r'^"(\w+)" = "app/\w+"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert copied >= {"app", "trainer", *carried}
    assert len(carried) >= 4


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_runs_as_an_ordinary_user_and_ends_when_asked(image: str) -> None:
    assert last(image, "USER") == f"{USER}:{USER}"
    assert last(image, "STOPSIGNAL") == "SIGTERM"
    assert last(image, "VOLUME") == "/data"
    assert last(image, "HEALTHCHECK")
    assert {name for name in variables(image) if name.startswith("BEHOLDER_")} <= SETTINGS
    assert command(image)[0] == "beholder"


def test_only_the_trainer_holds_pytorch() -> None:
    def built_from(image: str) -> set[str]:
        return {line.split("--from=")[1].split()[0] for stage in lineage(image) for line in stage.all("COPY")}

    assert built_from("web") == {"web-program"}
    assert "trainer-packages" in {stage.name for stage in lineage("trainer-program")}
    assert "trainer-packages" not in {stage.name for stage in lineage("web-program")}


def test_the_lists_of_packages_are_those_of_the_project(tmp_path: Path) -> None:
    (make_lists,) = [line for line in stages()["wheel"].all("RUN") if "tomllib" in line]
    script = re.sub(r"'/(\w+\.txt)'", r"'\1'", make_lists)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    subprocess.run(["sh", "-c", script], cwd=tmp_path, env={"PATH": path}, check=True)
    lists = [(tmp_path / f"{image}.txt").read_text(encoding="utf-8").splitlines() for image in IMAGES]
    served = ("postgres", "parquet", "oidc")
    core, web, both = (list(map(str, declared(*extras))) for extras in ((), served, (*served, "trainer")))
    assert [len(lines) for lines in lists] == [len(web), len(both) - len(web)]
    assert any("torch" in line for line in lists[1])
    assert not any("torch" in line for line in lists[0])
    assert len(core) < len(web)
    learned = (tmp_path / "learned.txt").read_text(encoding="utf-8").splitlines()
    assert learned == PROJECT["optional-dependencies"]["learned"]
    backend = BUILD_SYSTEM["requires"]
    assert (tmp_path / "build.txt").read_text(encoding="utf-8").splitlines() == backend


def test_two_builds_use_the_same_backend() -> None:
    runs = stages()["wheel"].all("RUN")
    (install,) = [line for line in runs if "pip install" in line]
    (build,) = [line for line in runs if "pip wheel" in line]
    assert "--constraint /constraints.txt --requirement /build.txt" in install
    assert "--no-build-isolation" in build  # what pip fetches for itself keeps to no list
    assert "constraints.txt /" in stages()["wheel"].all("COPY")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_can_write_only_where_it_must(name: str) -> None:
    service = SERVICES[name]
    assert service["init"] is True
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert any(mount.startswith("/tmp") for mount in service["tmpfs"])
    assert all(volume.split(":")[0] in compose()["volumes"] for volume in service["volumes"])
    assert "privileged" not in service


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_names_a_target_and_real_settings(name: str) -> None:
    service = OURS[name]
    assert service["build"]["target"] in IMAGES
    ours = {variable for variable in service.get("environment", {}) if variable.startswith("BEHOLDER_")}
    assert ours <= SETTINGS
    assert service["volumes"] == ["data:/data"]


def test_tables_are_brought_up_to_date_once_before_anybody_starts() -> None:
    for name, service in OURS.items():
        needs = service.get("depends_on", {})
        assert set(needs) <= SERVICES.keys()
        migrates = service.get("command") == ["migrate"]
        assert service["restart"] == ("no" if migrates else "unless-stopped")
        if not migrates:
            prefix = "scale-" if name.startswith("scale-") else ""
            assert needs[f"{prefix}migrate"] == {"condition": "service_completed_successfully"}


def test_the_profile_for_scale_has_a_database_and_graphics_cards_and_the_default_neither() -> None:
    default = {name for name, service in SERVICES.items() if "profiles" not in service}
    assert default == {"migrate", "web", "worker"}
    assert all(SERVICES[name]["profiles"] == ["scale"] for name in SERVICES.keys() - default)
    (device,) = SERVICES["scale-worker"]["deploy"]["resources"]["reservations"]["devices"]
    assert device["capabilities"] == ["gpu"]
    assert "healthcheck" in SERVICES["database"]
    for name in ("scale-migrate", "scale-web", "scale-worker"):
        assert SERVICES[name]["environment"]["BEHOLDER_DATABASE_URL"].startswith(
            "postgresql+psycopg://beholder@database/"
        )
        assert "BEHOLDER_DATABASE_URL" not in SERVICES[name.removeprefix("scale-")].get("environment", {})


def test_no_file_holds_a_password() -> None:
    for name in ("Dockerfile", "docker-compose.yml"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            for secret in re.findall(r"(?:PASSWORD|SECRET|TOKEN)\w*[:=]\s*(\S+)", line):
                assert secret == "${POSTGRES_PASSWORD:-}", line


def test_every_name_that_an_operator_may_set_is_told() -> None:
    told = (ROOT / "docs/containers.md").read_text(encoding="utf-8")
    for name in re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")):
        assert f"`{name}`" in told, name


def test_the_commands_that_operators_are_shown_name_services_and_the_profile_of_each() -> None:
    shown = re.findall(r"docker compose (.*)", (ROOT / "docs/containers.md").read_text(encoding="utf-8"))
    assert len(shown) > 20
    for line in shown:
        words = re.split(r"[`&|]", line)[0].split()
        verb = next((word for word in words if word in VERBS), None)
        if verb is None:  # a sentence about the program, or a plain `docker compose up`
            continue
        named = [word for word in words[words.index(verb) + 1 :] if word in SERVICES][: 1 if verb in ONE else None]
        assert named, line
        of_scale = {SERVICES[name].get("profiles") == ["scale"] for name in named}
        assert len(of_scale) == 1, f"two houses at once: {line}"
        assert words[:2] == ["--profile", "scale"] if True in of_scale else "--profile" not in words, line


@pytest.fixture(scope="module")
def containers(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Container]]:
    """The two images' stand-ins, sharing their data as the services do."""
    if not can_stand_in():
        pytest.skip("mounting needs root, and a machine that allows it")
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    found = dict[str, Container]()
    data = tmp_path_factory.mktemp("volume") / "data"
    for image, extras in (("web", ("postgres",)), ("trainer", ("postgres", "trainer"))):
        folder = tmp_path_factory.mktemp(image)
        place = elsewhere.installed(made, closure(declared(*extras)).values(), folder)
        (folder / "root").mkdir()
        found[image] = Container(
            elsewhere.Elsewhere(place.environment, place.folder, data), image, folder / "root", port
        )
    return found


@pytest.mark.slow
def test_inside_nothing_can_be_written_but_data_and_tmp(containers: dict[str, Container]) -> None:
    code = (
        "import os, app\nprint(os.getuid(), os.getgid(), os.getgroups())\n"
        "for place in ('/', '/usr', '/etc', '/data', '/tmp', os.path.dirname(app.__file__)):\n"
        "    try: open(f'{place}/tried', 'w').close(); os.remove(f'{place}/tried'); print(place)\n"
        "    except OSError as error: assert error.errno == 30, error"  # a read-only file system, not a permission
    )
    ended, said = containers["web"].run(["python", "-c", code])
    assert said.splitlines() == [f"{USER} {USER} []", "/data", "/tmp"]
    assert ended == 0


@pytest.mark.slow
def test_migrate_serve_check_and_work_run_as_the_services_do(containers: dict[str, Container]) -> None:
    web, trainer = containers["web"], containers["trainer"]
    ended, said = web.run(command("web", SERVICES["migrate"]["command"]))
    assert ended == 0, said
    healthy = json.loads(last("web", "HEALTHCHECK").partition("CMD ")[2])
    assert web.run(healthy)[0] != 0  # nobody serves yet
    with web.start(command("web")) as server:
        try:
            deadline = time.monotonic() + 60
            while web.run(healthy)[0] != 0:
                assert server.poll() is None, server.communicate()
                assert time.monotonic() < deadline
            ended, said = trainer.run(command("trainer", ["worker", "--until-idle"]))
            assert ended == 0, said
        finally:
            server.send_signal(signal.SIGTERM)
            said = "".join(server.communicate(timeout=30))
    assert server.returncode == -signal.SIGTERM, said  # uvicorn finishes what is at work, then ends as it was asked to
    written = {path.name for path in web.place.data.iterdir()}
    assert {"beholder.sqlite3", "secret", "media"} <= written
    assert all(path.stat().st_uid == USER for path in web.place.data.iterdir())
