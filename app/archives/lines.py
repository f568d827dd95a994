"""The lines of a table, read strictly: each of them one JSON object with the right keys and types, and not too long."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from pydantic import ValidationError

from app.archives.held import Held
from app.archives.layout import Read
from app.archives.refusals import Wrong
from app.studies.strict_json import NotStrict, parsed

MOST_VALUES = 20_000  # of a line: ten seconds of looking have some hundred

Row = TypeVar("Row", bound=Read)


def split(pieces: Iterable[bytes], where: str, longest: int) -> Iterator[bytes]:
    """The lines of a member, without their ends; raises ``Wrong`` where one is too long, or the last has no end."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        if max(map(len, (*whole, rest))) > longest:
            raise Wrong(f"{where} has a line of more than {_amount(longest)}")
        yield from whole
    if rest:
        raise Wrong(f"{where} breaks off in its last line")


def read(lines: Iterable[bytes], kind: type[Row], where: str, held: Held | None) -> Iterator[Row]:
    """The rows of a table, which ``held`` counts where they are kept; raises ``Wrong``, which names the line."""
    for number, line in enumerate(lines, start=1):
        if held is not None:
            held.take(line)
        yield one(line, kind, f"{where}, line {number}")


def one(data: bytes, kind: type[Row], where: str, most: int = MOST_VALUES) -> Row:
    """The one document that the bytes are; raises ``Wrong``."""
    try:
        parsed(data, most=most)  # what pydantic would let pass: a key twice, NaN, deep nests, half of a character
        return kind.model_validate_json(data)
    except NotStrict as error:
        raise Wrong(f"{where} is no JSON as it is taken in: {error}") from None
    except ValidationError as error:
        told = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part)[:40] for part in told["loc"])
        raise Wrong(f"{where}: {place or 'it'}: {told['msg'][:160]}") from None


def _amount(size: int) -> str:
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size >> 10} KiB"
