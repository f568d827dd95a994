"""``beholder matrix``: launches every task under every objective."""

from pathlib import Path
from typing import Annotated

import typer


def matrix(
    preset: Annotated[str, typer.Argument(help="How large and how long: tiny, lab or paper.")],
    tasks: Annotated[str, typer.Option(help="Tasks, separated by commas.")] = "denoise,superres",
    objectives: Annotated[str, typer.Option(help="Objectives, separated by commas.")] = "mae,1 - ms_ssim,gmsd",
    photos: Annotated[
        str, typer.Option(help="A folder of photographs, or packaged: those inside installed packages.")
    ] = "packaged",
    set_name: Annotated[str | None, typer.Option("--set", help="The set's name; the folder's otherwise.")] = None,
    test: Annotated[
        str | None, typer.Option(help="Names of the photographs to judge on, separated by commas; a share otherwise.")
    ] = None,
    scene_side: Annotated[int, typer.Option(min=16, help="Side of a scene, pixels.")] = 256,
    scenes: Annotated[int, typer.Option(min=1, help="Scenes per test photograph.")] = 1,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Determines weights, crops and noise.")] = 0,
) -> None:
    """Launch every task under every objective, in two stages, with its pictures; doing it twice changes nothing."""
    from app.cli._installation import installation
    from app.jobs import packaged
    from app.jobs.launch import check_matrix, launch_matrix
    from app.jobs.photographs import FolderOfPhotographs, add_photographs, folder

    asked = _parts(tasks) or (), _parts(objectives) or ()
    check_matrix(*asked, preset=preset, seed=seed)
    with installation() as place:
        shipped = photos == "packaged"
        given = FolderOfPhotographs(tuple(packaged.packaged()), 0) if shipped else folder(Path(photos))
        chosen = packaged.TEST if shipped and test is None else _parts(test)
        name = set_name or ("packaged" if shipped else Path(photos).resolve().name)
        add_photographs(place.database, place.media, name, given.files, test=chosen)
        jobs = launch_matrix(
            place.database,
            tasks=asked[0],
            objectives=asked[1],
            preset=preset,
            photograph_set=name,
            scene_side=scene_side,
            scenes_per_photograph=scenes,
            seed=seed,
        )
    for task, job in jobs.pretrainings.items():
        typer.echo(f"job {job:>4}  {task}, first stage")
    for (task, condition), job in jobs.trainings.items():
        typer.echo(f"job {job:>4}  {task} under {condition}; its pictures: job {jobs.renderings[task, condition]}")
    if given.left_alone:
        count = f"{given.left_alone} file{'' if given.left_alone == 1 else 's'}"
        typer.echo(f"Left alone, being no pictures by their names: {count} of the folder.")
    typer.echo("`beholder worker` does them.")


def _parts(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(part.strip() for part in text.split(",") if part.strip())
