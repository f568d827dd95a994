"""``beholder simulate``: simulated subjects try a study through its pages, as people would."""

import time
from typing import Annotated

import typer

_TRIES = 12  # of each request, as a page goes on asking while the server is busy


def simulate(
    link: Annotated[str, typer.Argument(help="The pilot link of an open study, or a link of a demonstration.")],
    subjects: Annotated[int, typer.Option(min=1, max=1000, help="How many sit down.")] = 3,
    at_once: Annotated[int, typer.Option(min=1, max=1000, help="How many of them sit at the same time.")] = 1,
    seed: Annotated[int, typer.Option(help="Decides how they answer.")] = 0,
    clickers: Annotated[int, typer.Option(min=0, help="How many of them answer without looking.")] = 0,
) -> None:
    """Let simulated subjects take a session each; behind a pilot link what they answer is kept and never counted."""
    from app.simulation.visitors import visit

    given = 0

    def seated(number: int, answers: int) -> None:
        nonlocal given
        given += answers
        typer.echo(f"simulated subject {number}: {answers} answer{'' if answers == 1 else 's'}")

    began = time.monotonic()
    tries = 1 if at_once == 1 else _TRIES
    visit(link, subjects=subjects, seed=seed, clickers=clickers, at_once=at_once, tries=tries, seated=seated)
    if at_once > 1:
        typer.echo(f"{subjects} subjects, {given} answers taken, {time.monotonic() - began:.0f} s")
