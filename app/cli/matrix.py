"""``beholder matrix``: trains every task under every objective, scores the results, and writes the rank matrices."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.cli._installation import Installation
    from app.jobs.launch import Matrix
    from app.jobs.matrix_file import MatrixFile
    from app.jobs.matrix_plan import TaskRecipes
    from app.results.training_matrix import MatrixReport

STOPPED = 75  # as the trainer says it: stopped on request, after saving


def matrix(
    what: Annotated[
        str,
        typer.Argument(help="A YAML file that says all of this, or how large and how long: tiny, lab or paper."),
    ],
    tasks: Annotated[str | None, typer.Option(help="Tasks, separated by commas.")] = None,
    objectives: Annotated[str | None, typer.Option(help="Objectives, separated by commas.")] = None,
    photos: Annotated[
        str | None, typer.Option(help="A folder of photographs, or packaged: those inside installed packages.")
    ] = None,
    set_name: Annotated[str | None, typer.Option("--set", help="The set's name; the folder's otherwise.")] = None,
    test: Annotated[
        str | None,
        typer.Option(help="The photographs to judge on: names or patterns, separated by commas; a share otherwise."),
    ] = None,
    scene_side: Annotated[
        int | None, typer.Option(min=16, help="Side of a scene, pixels; 512 or what the photographs hold otherwise.")
    ] = None,
    scenes: Annotated[
        int | None, typer.Option(min=1, help="Scenes per test photograph; 20 altogether, or what they hold, otherwise.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**31 - 1, help="Determines weights, crops and noise; 0 otherwise.")
    ] = None,
    measures: Annotated[
        str | None,
        typer.Option(help="What every result is scored with, separated by commas; all that can run here otherwise."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where tables and figures go; a folder in the data folder otherwise.")
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Say what would be done, how long it takes and what is missing; start nothing."),
    ] = False,
    anyway: Annotated[
        bool,
        typer.Option("--anyway", help="Also launch what needs weights that no worker has: it fetches them, or fails."),
    ] = False,
    priority: Annotated[int, typer.Option(min=0, max=1000, help="Of new jobs: a smaller number goes first.")] = 100,
    work: Annotated[
        bool, typer.Option("--work", help="Do these jobs here and now, as `beholder worker` would, and no others.")
    ] = False,
) -> None:
    """Train every task under every objective, score the results, and tell whether each is best under its own measure.

    The same command again finds the same jobs, goes on with them, and writes what is finished.
    """
    from app.cli._environment import read_settings
    from app.cli._installation import at_work, installation
    from app.cli._trainer import require_trainer
    from app.jobs import views

    scene = {"side": scene_side, "per_photograph": scenes}
    flags = {
        "tasks": _parts(tasks), "objectives": _parts(objectives), "photographs": photos, "set": set_name,
        "test": _parts(test), "seed": seed, "measures": _parts(measures),
        "scenes": {key: value for key, value in scene.items() if value is not None} or None,
    }  # fmt: skip
    asked = _asked(what, {key: value for key, value in flags.items() if value is not None})
    recipes = _checked(asked)
    if work:
        require_trainer()
    settings = read_settings()
    if check:
        with installation(settings) as place:
            _say_foreseen(place, asked)
        return
    with at_work(settings) if work else installation(settings) as place:
        jobs = _launched(place, asked, anyway=anyway, priority=priority)
        _say_jobs(jobs)
        if work:
            if _carry_out(place, jobs):
                raise typer.Exit(STOPPED)
        elif views.any_live(place.database, jobs.jobs):
            typer.echo("`beholder worker` does them, and so does this command with --work.")
        done = _report(place, jobs, recipes)
        if done.held or out is not None:
            _write(done, out or place.settings.data_dir / "results" / _name(what))
        if work and done.missing:
            raise typer.Exit(1)


def _say_foreseen(place: "Installation", asked: "MatrixFile") -> None:
    from app.catalog.shelf import Shelf
    from app.cli._foreseen import foreseen_lines
    from app.jobs.foresight import foresee
    from app.jobs.matrix_file import PACKAGED
    from app.jobs.matrix_plan import BadMatrix
    from app.jobs.photograph_sets import sets

    folder = None if asked.photographs in (None, PACKAGED) else Path(str(asked.photographs)).resolve()
    name = asked.set or (folder.name if folder else PACKAGED)
    if name not in {known for known, _, _ in sets(place.database)} and (folder or name == PACKAGED):
        first = f"make it with `beholder photographs add {name} {folder}`, or " if folder else ""
        raise BadMatrix(
            f"There is no set of photographs called {name!r} yet, and a check makes none",
            f"{first}leave --check out: launching makes it",
        )
    wish = asked.wish(name)
    found = foresee(place.database, wish, Shelf(place.settings.weights_folder))
    if found.problems:
        raise BadMatrix("\n".join(found.problems), "correct this, and check again")
    for line in foreseen_lines(found):
        typer.echo(line)


def _asked(what: str, flags: dict[str, Any]) -> "MatrixFile":
    from app.jobs.matrix_file import matrix_of, read

    path = Path(what)
    if path.suffix.lower() in (".yaml", ".yml") or path.is_file():
        return read(path, flags)
    return matrix_of({"preset": what, **flags}, "beholder matrix")


def _checked(asked: "MatrixFile") -> "list[TaskRecipes]":
    from app.jobs.matrix_plan import check_matrix

    texts = [one.objective for one in asked.objectives]
    return check_matrix(asked.tasks, texts, preset=asked.preset, seed=asked.seed, changes=asked.changes)


def _launched(place: "Installation", asked: "MatrixFile", *, anyway: bool, priority: int) -> "Matrix":
    from app.catalog.shelf import Shelf
    from app.jobs.foresight import ready
    from app.jobs.launch import launch_plan

    wish = asked.wish(_photographs(place, asked))
    plan = ready(place.database, wish, Shelf(place.settings.weights_folder), anyway=anyway)
    return launch_plan(place.database, plan, priority=priority)


def _photographs(place: "Installation", asked: "MatrixFile") -> str:
    """The name of the set, which holds the photographs now."""
    from app.jobs import packaged
    from app.jobs.matrix_file import PACKAGED
    from app.jobs.photo_files import FolderOfPhotographs, chosen, folder
    from app.jobs.photograph_sets import sets
    from app.jobs.photographs import add_photographs

    if asked.photographs is None and asked.set in {name for name, _, _ in sets(place.database)}:
        return str(asked.set)
    shipped = asked.photographs in (None, PACKAGED)
    given = FolderOfPhotographs(tuple(packaged.packaged()), 0) if shipped else folder(Path(str(asked.photographs)))
    patterns = packaged.TEST if shipped and asked.test is None else asked.test
    name = asked.set or (PACKAGED if shipped else Path(str(asked.photographs)).resolve().name)
    test = None if patterns is None else chosen(patterns, [file.name for file in given.files])
    add_photographs(place.database, place.media, name, given.files, test=test)
    if given.left_alone:
        count = f"{given.left_alone} file{'' if given.left_alone == 1 else 's'}"
        typer.echo(f"Left alone, being no pictures by their names: {count} of the folder.")
    return name


def _say_jobs(jobs: "Matrix") -> None:
    for task, job in jobs.pretrainings.items():
        typer.echo(f"job {job:>4}  {task}, first stage")
    for (task, condition), job in jobs.trainings.items():
        pictures, scored = jobs.renderings[task, condition], _scored(jobs.scorings.get((task, condition)))
        typer.echo(f"job {job:>4}  {task} under {condition}; its pictures: job {pictures}{scored}")
    for (task, condition), job in jobs.baselines.items():
        scored = _scored(jobs.beside.get((task, condition))).replace(",", ";", 1)
        typer.echo(f"job {job:>4}  {task}, the baseline {condition}{scored}")


def _scored(job: int | None) -> str:
    return "" if job is None else f", its scores: job {job}"


def _carry_out(place: "Installation", jobs: "Matrix") -> bool:
    """Whether somebody asked to stop; otherwise the jobs are done, as far as they can be."""
    from app import log
    from app.cli._stopping import stopping
    from app.cli._working import work
    from app.jobs import views

    if "log_level" not in place.settings.model_fields_set:
        log.configure(place.settings.log_form, "WARNING")  # the progress says what happens
    with stopping(lambda: typer.echo("Stopping: what is at work is saved first.")) as stop:
        work(place, jobs.jobs, stop)
        if not views.any_live(place.database, jobs.jobs):  # whoever asked, asked too late
            return False
    for line in _how_far(place, jobs):
        typer.echo(line)
    return True


def _how_far(place: "Installation", jobs: "Matrix") -> "Iterator[str]":
    """What is done of a matrix, what remains, and how it goes on."""
    from collections import Counter

    from app.db.models import JobState
    from app.jobs import views
    from app.web.wording import of_kinds

    mine = views.progress(place.database, jobs.jobs)
    done = [job.kind.value for job in mine if job.state is JobState.SUCCEEDED]
    left = [job.kind.value for job in mine if job.is_live]
    yield f"Stopped. Done: {of_kinds(Counter(done)) or 'nothing yet'}."
    yield f"Still to do: {of_kinds(Counter(left))}; what had begun goes on from where it was saved."
    failed = [job for job in mine if not job.is_live and job.state is not JobState.SUCCEEDED]
    if failed:
        badly = of_kinds(Counter(job.kind.value for job in failed))
        yield f"Ended badly: {badly}; `beholder jobs show {failed[0].id}` says why."
    yield "The same command goes on with them, and so does `beholder worker`."


def _report(place: "Installation", jobs: "Matrix", recipes: "list[TaskRecipes]") -> "MatrixReport":
    from app.results.training_matrix import matrix_report, missing_in

    objectives = {(one.task, name): recipe.objective for one in recipes for name, recipe in one.second.items()}
    return matrix_report(place.database, jobs.renderings, objectives, missing_in(place.database, jobs))


def _write(done: "MatrixReport", folder: Path) -> None:
    from app.results.diagonal_figure import caption
    from app.results.matrix_files import write_matrix

    write_matrix(done, folder)
    for one in done.missing:
        typer.echo(f"Not scored yet: {one.task} under {one.condition}; {one.why}")
    if done.asked:
        typer.echo(caption(done))
    typer.echo(f"Tables and figures: {folder}")


def _name(what: str) -> str:
    return f"matrix-{Path(what).stem}"


def _parts(text: str | None) -> list[str] | None:
    return None if text is None else [part.strip() for part in text.split(",") if part.strip()]
