"""What is wrong with the pages around the pictures: languages, viewing conditions, and the end of a session."""

from collections.abc import Iterator

from app.studies.fields import ViewingModule
from app.studies.finding import Finding, error, warning
from app.studies.protocol import Protocol
from app.studies.tongues import is_spoken, shipped


def room(protocol: Protocol) -> Iterator[Finding]:
    """Everything wrong with a session besides its trials."""
    missing = [tag for tag in protocol.languages if not is_spoken(tag)]
    if missing:
        yield error(
            f"There are no texts in {', '.join(missing)}.",
            f"name languages that there are ({', '.join(shipped())}), or add the texts as docs/translating.md shows",
            "languages",
        )
    yield from _viewing(protocol.viewing)
    yield from _end(protocol)


def _viewing(viewing: tuple[ViewingModule, ...]) -> Iterator[Finding]:
    card, acuity = ViewingModule.CARD, ViewingModule.ACUITY
    if card in viewing and acuity in viewing and viewing.index(acuity) < viewing.index(card):
        yield warning(
            "Acuity is looked at before the card has told how large the screen's pixels are, so that it is known in "
            "pixels alone.",
            "put card before acuity",
            "viewing",
        )


def _end(protocol: Protocol) -> Iterator[Finding]:
    if protocol.completed_code and protocol.completed_code == protocol.failed_code:
        yield warning(
            "Who failed too many catch trials gets the same code as everybody else.",
            "set another `failed_code`, or leave it empty, which says the same",
            "failed_code",
        )
    if "{code}" in protocol.screened_out_url and not protocol.screened_out_code:
        yield warning(
            "Nobody who is screened out is sent to `screened_out_url`: its {code} has no value.",
            "set `screened_out_code`, or take {code} out of the address",
            "screened_out_code",
        )
