"""What is wrong with the pages around the pictures: languages, viewing conditions, and the end of a session."""

from collections.abc import Iterator, Sequence

from app.studies.fields import ViewingModule
from app.studies.finding import Finding, error, warning
from app.studies.protocol import Protocol
from app.studies.tongues import alike, is_spoken, shipped
from app.studies.wording import QUESTIONNAIRE
from app.studies.words import IN_NO_OTHER, translation

_TEXTS = ("question", "consent_text", "instructions")


def room(protocol: Protocol) -> Iterator[Finding]:
    """Everything wrong with a session besides its trials."""
    missing = [tag for tag in protocol.languages if not is_spoken(tag)]
    if missing:
        yield error(
            f"There are no texts in {', '.join(missing)}.",
            f"name languages that there are ({', '.join(shipped())}), or add the texts as docs/translating.md shows",
            "languages",
        )
    yield from _texts(protocol)
    yield from _viewing(protocol.viewing)
    yield from _end(protocol)


def _texts(protocol: Protocol) -> Iterator[Finding]:
    """What somebody may be shown in a language that they did not choose, and what nobody will ever read."""
    offered = protocol.languages or tuple(shipped())
    for names, tags in _untranslated(protocol, offered[1:] if protocol.languages else offered).items():
        told, (be, them) = (
            ", ".join(f"`{name}`" for name in names),
            ("is", "it") if len(names) == 1 else ("are", "them"),
        )
        yield warning(
            f"{told} {be} your own: whoever chooses {_either(tags)} reads {them} as you wrote {them}.",
            "write these texts in each language under `translations`, or name in `languages` those alone that you have "
            "texts in, first the one that they are written in",
            "translations",
        )
    unread = [tag for tag in protocol.translations if not any(alike(tag, one) for one in offered)]
    if unread:
        yield warning(
            f"Nobody reads the texts in {', '.join(unread)}: the pages are not offered in it.",
            "name the language in `languages`, or take its texts out",
            "languages",
        )


def _either(tags: Sequence[str]) -> str:
    return " or ".join(part for part in (", ".join(tags[:-1]), tags[-1]) if part)


def _untranslated(protocol: Protocol, offered: Sequence[str]) -> dict[tuple[str, ...], list[str]]:
    """The experimenter's own texts that some of these languages lack, with those languages."""
    own = [name for name in _TEXTS if getattr(protocol, name) != Protocol.model_fields[name].default]
    asked = {one.name for one in protocol.questionnaire if one not in QUESTIONNAIRE}
    found = dict[tuple[str, ...], list[str]]()
    for tag in offered:
        there = translation(protocol.translations, tag)
        lacking = [name for name in own if not getattr(there, name)]
        if asked - {one.name for one in there.questionnaire}:
            lacking.append("questionnaire")
        if not there.title and (protocol.languages or there != IN_NO_OTHER):  # else every study would be told
            lacking.insert(0, "title")
        if lacking:
            found.setdefault(tuple(lacking), []).append(tag)
    return found


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
