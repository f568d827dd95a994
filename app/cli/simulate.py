"""``beholder simulate``: simulated subjects try a study through its pages, as people would."""

from typing import Annotated

import typer


def simulate(
    link: Annotated[str, typer.Argument(help="The pilot link of an open study, or a link of a demonstration.")],
    subjects: Annotated[int, typer.Option(min=1, max=1000, help="How many sit down, one after the other.")] = 3,
    seed: Annotated[int, typer.Option(help="Decides how they answer.")] = 0,
    clickers: Annotated[int, typer.Option(min=0, help="How many of them answer without looking.")] = 0,
) -> None:
    """Let simulated subjects take a session each; behind a pilot link what they answer is kept and never counted."""
    from app.simulation.visitors import visit

    visit(
        link,
        subjects=subjects,
        seed=seed,
        clickers=clickers,
        seated=lambda number, answers: typer.echo(
            f"simulated subject {number}: {answers} answer{'' if answers == 1 else 's'}"
        ),
    )
