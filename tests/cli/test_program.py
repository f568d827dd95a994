"""What all commands have in common."""

import subprocess
import sys
from pkgutil import iter_modules

import pytest
from alembic.script import ScriptDirectory

import app.cli
from app.db import Database
from app.db.migrate import downgrade
from app.resources import MIGRATIONS
from app.settings import Settings
from tests.cli.conftest import Run


def test_every_file_of_the_room_is_a_command_with_a_sentence_of_help(beholder: Run, from_nothing: Run) -> None:
    listed = from_nothing("--help").stdout
    for file in iter_modules(app.cli.__path__):
        if not file.name.startswith("_"):
            assert f"│ {file.name} " in listed
            assert beholder(file.name, "--help").returncode == 0


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys, app.cli; app.cli.program(); "
        "print(sorted({'sqlalchemy', 'fastapi', 'uvicorn', 'torch', 'numpy', 'pydantic'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_a_broken_rule_is_one_sentence_and_exit_code_2(from_nothing: Run) -> None:
    said = from_nothing("matrix", "tiny", "--tasks", "denoiss")
    assert (said.returncode, said.stdout) == (2, "")
    assert (
        said.stderr
        == "There is no task 'denoiss' (did you mean 'denoise'?): choose one of denoise, deblur, superres, compress.\n"
    )


def test_a_setting_that_makes_no_sense_is_named(beholder: Run) -> None:
    said = beholder("migrate", PORT="many")
    assert said.returncode == 2
    assert said.stderr.startswith("These settings cannot be used: BEHOLDER_PORT (input should be a valid integer")


def test_an_unknown_setting_is_told_once_and_stops_nothing(from_nothing: Run) -> None:
    said = from_nothing("migrate", DATADIR="/somewhere")
    assert said.returncode == 0
    assert (
        said.stderr == "There is no setting BEHOLDER_DATADIR, so it changes nothing: did you mean BEHOLDER_DATA_DIR?\n"
    )


@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("worker", "--until-idle")])
def test_who_keeps_pictures_does_not_start_without_a_store(
    beholder: Run, settings: Settings, command: tuple[str, ...]
) -> None:
    beholder("migrate")
    settings.data_dir.mkdir(exist_ok=True)
    media = settings.data_dir / "a file"
    media.write_text("not a folder")
    for url in (media.as_uri(), "file:///proc/none", (settings.data_dir / "full").as_uri()):
        (settings.data_dir / "full").mkdir(exist_ok=True)
        (settings.data_dir / "full" / "probe").touch()  # where the probe would be written
        said = beholder(*command, MEDIA_URL=url)
        assert said.returncode == 2
        assert said.stderr.startswith("The store ")
        assert len(said.stderr.splitlines()) == 1


def test_a_database_that_does_not_answer_is_named_without_its_password(beholder: Run) -> None:
    for url in ("sqlite:////proc/none/beholder.sqlite3", "postgresql://beholder:tortoise@localhost:1/beholder"):
        said = beholder("account", "link", "ada", DATABASE_URL=url)
        assert said.returncode == 2
        assert "cannot be opened" in said.stderr
        assert len(said.stderr.splitlines()) == 1
        assert "tortoise" not in said.stderr


def test_migrate_makes_the_tables_and_may_be_repeated(beholder: Run, from_nothing: Run) -> None:
    for run in (from_nothing, beholder):
        said = run("migrate")
        assert (said.returncode, said.stderr) == (0, "")
        assert said.stdout.endswith("are up to date.\n")


def test_an_old_database_is_left_alone_until_it_is_migrated(
    beholder: Run, database: Database, settings: Settings
) -> None:
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    downgrade(database, "0001")
    for command in (("serve", "--port", "0"), ("worker", "--until-idle"), ("account", "link", "ada")):
        said = beholder(*command)
        assert said.returncode == 2
        assert said.stderr == (
            f"The database is at revision 0001, this program needs {newest}: run `beholder migrate`.\n"
        )
    assert beholder("migrate").returncode == 0


def test_two_commands_that_find_no_database_make_one_together(environment: dict[str, str]) -> None:
    argv = [sys.executable, "-m", "app.cli", "worker", "--until-idle", "--name"]
    both = [
        subprocess.Popen([*argv, name], env=environment, stderr=subprocess.PIPE, text=True) for name in ("ada", "grace")
    ]
    for process in both:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
