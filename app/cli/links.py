"""``beholder links``: who may take part in a study, by personal links for labels."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def links(
    study: Annotated[int, typer.Argument(min=1, help="Number of the study.")],
    add: Annotated[Path | None, typer.Option(help="A CSV file or list of labels; each gets a link.")] = None,
    take_back: Annotated[str | None, typer.Option(help="The label of somebody who has not begun.")] = None,
    cards: Annotated[Path | None, typer.Option(help="Write cards with QR codes to this PDF, 200 a file.")] = None,
    paper: Annotated[Literal["a4", "letter"], typer.Option(help="What cards are printed on.")] = "a4",
    waiting: Annotated[bool, typer.Option("--waiting", help="Only who has not begun.")] = False,
) -> None:
    """Print a study's personal links as CSV, after adding or taking back some, or write them as cards to cut."""
    from app.cli._installation import installation
    from app.sessions import invitations
    from app.web import label_lists, link_lists
    from app.web.link_cards import Paper

    with installation() as place:
        secret = place.settings.secret()
        address = place.settings.address.rstrip("/")
        if add is not None:
            wanted = label_lists.read_labels(label_lists.content_of(add))
            invitations.invite(place.database, secret, study, wanted)
        if take_back is not None:
            invitations.take_back(place.database, study, take_back)
        found = link_lists.wanted(
            place.database, secret, study, link_lists.Whom.WAITING if waiting else link_lists.Whom.ALL
        )  # fmt: skip
        if cards is None:
            typer.echo(link_lists.links_csv(found, address), nl=False)
            return
        for part in range(1, max(1, link_lists.sheets(found)) + 1):
            file = cards if part == 1 else cards.with_stem(f"{cards.stem}-{part}")
            file.write_bytes(link_lists.links_pdf(place.database, study, found, address, Paper(paper), part))
            typer.echo(f"{file} is written.")
