"""JSON from outside: every key once, numbers that are numbers, text that every database can hold."""

import json
import re
from math import isfinite
from typing import Any

_DEEPEST = 32  # levels; nothing that is asked for here has ten
_TEXT = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL
)  # also one without an end, so that nothing is read twice


class NotStrict(ValueError):
    """Bytes are no JSON as it is taken in; the message says why, fit to follow a colon."""


def values_in(data: bytes) -> int:
    """How many values and keys the bytes hold at most, found without making one of them."""
    bare = _TEXT.sub(b"", data)
    return 1 + sum(map(bare.count, (b"{", b"[", b",", b":")))


def parsed(data: bytes, *, most: int | None = None) -> Any:
    """What the bytes say; raises ``NotStrict``, also where they hold more than ``most`` values and keys."""
    if most is not None and values_in(data) > most:
        raise NotStrict(f"it holds more than {most:,} values")
    try:
        text = data.decode()
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
    except UnicodeDecodeError:
        raise NotStrict("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise NotStrict(f"{error.msg} at character {error.pos}") from None
    except RecursionError:
        raise NotStrict(f"it nests deeper than {_DEEPEST} levels") from None
    except NotStrict:
        raise
    except ValueError:  # a whole number of thousands of digits
        raise NotStrict("it holds a number that is far too long") from None
    _check_depth_and_text(found)
    return found


def _check_depth_and_text(found: Any) -> None:
    level, depth = [found], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise NotStrict(f"it nests deeper than {_DEEPEST} levels")
        texts = [item for item in level if isinstance(item, str)]
        if any("\0" in text or not _whole(text) for text in texts):
            raise NotStrict("a text in it holds a null or half of a character")
        inside = [item for item in level if isinstance(item, dict | list)]
        level = [value for item in inside for value in (item if isinstance(item, list) else [*item, *item.values()])]


def _whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict[str, Any]()
    for name, value in pairs:
        if name in found:
            raise NotStrict(f"it has the key {name[:80].encode('utf-8', 'replace').decode()!r} twice")
        found[name] = value
    return found


def _no_number(name: str) -> float:
    raise NotStrict(f"{name} is no number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise NotStrict("it holds a number that is too large")
    return number
