"""What an archive may have in memory at once is counted beforehand, from the bytes of its lines."""

import json
import tracemalloc
from random import Random
from typing import Any

import pytest

from app.archives import held
from app.archives.held import Held
from app.archives.layout import Read
from app.archives.lines import read
from app.archives.refusals import Wrong
from app.archives.rows import PairRow
from app.archives.sitting_rows import EventRow
from app.studies.strict_json import NotStrict, parsed, values_in

EVENT = {
    "session": 1, "number": 1, "kind": "trace", "at": "2026-01-01T00:00:00Z", "key": None, "salt": "",
    "digest": "0" * 64, "link": "0" * 64,
}  # fmt: skip
PAIR = {"number": 1, "kind": "test", "reference": 1, "a": 2, "b": 3}
SHAPES: dict[str, tuple[type[Read], dict[str, Any]]] = {
    "empty lists": (EventRow, EVENT | {"payload": {"": [[]] * 9_000}}),
    "lists of one": (EventRow, EVENT | {"payload": {"": [[[]]] * 6_000}}),
    "small objects": (EventRow, EVENT | {"payload": {"": [{"a": 0}] * 6_000}}),
    "keys": (EventRow, EVENT | {"payload": {f"{n:x}": None for n in range(9_000)}}),
    "numbers": (EventRow, EVENT | {"payload": {"": [n / 7 for n in range(9_000)]}}),
    "texts": (EventRow, EVENT | {"payload": {"": [f"{n:x}" for n in range(9_000)]}}),
    "one long text": (EventRow, EVENT | {"payload": {"": "a, {[:" * 100_000}}),
    "lines of few values": (PairRow, PAIR),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_counted_is_what_the_rows_take_or_more(shape: str) -> None:
    kind, row = SHAPES[shape]
    line = json.dumps(row, separators=(",", ":")).encode()
    counted = Held("a test", most=10**12)
    list(read([line], kind, "a test", counted))  # what is made once only
    counted.let_go()
    tracemalloc.start()
    kept = list(read([line] * 20, kind, "a test", counted))
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(kept) == 20
    assert taken < 1.3 * counted.size


def test_an_archive_is_told_before_the_row_that_is_too_many_is_made() -> None:
    lines = [json.dumps(PAIR).encode()] * 10
    counted = Held("its design", most=5_000)
    made = list[PairRow]()
    with pytest.raises(Wrong, match="its design would take more than"):
        made.extend(read(lines, PairRow, "pairs.jsonl", counted))
    counted.let_go()
    assert list(read(lines[:2], PairRow, "pairs.jsonl", counted))
    assert held.Held("another").size == 0


@pytest.mark.parametrize(
    ("data", "values"),
    [
        (b"1", 1), (b"[]", 2), (b'{"a":1}', 3), (b'[1,"a,b:{[",{"c\\"d,":[]}]', 7), (b'"' + b"," * 9 + b'"', 1),
        (b'"\\\\",1', 2), (b'"never ends, {[', 1), (b'{"a": "\\', 3),
    ],
)  # fmt: skip
def test_values_are_counted_and_what_stands_in_texts_is_not(data: bytes, values: int) -> None:
    assert values_in(data) == values


def test_no_json_holds_more_than_was_counted() -> None:
    random = Random(5)

    def drawn(depth: int) -> Any:
        kind = random.randrange(6 if depth else 3)
        if kind > 3:
            return [drawn(depth - 1) for _ in range(random.randrange(4))]
        if kind == 3:
            return {drawn(0) if n else 'a"\\': drawn(depth - 1) for n in range(random.randrange(4))}
        return random.choice([1, 2.5, None, True, 'x,"{', "\\"])

    def count(found: Any) -> int:
        if isinstance(found, dict):
            return 1 + sum(1 + count(value) for value in found.values())
        return 1 + (sum(map(count, found)) if isinstance(found, list) else 0)

    for _ in range(2_000):
        found = json.loads(json.dumps(drawn(5)))
        data = json.dumps(found).encode()
        assert count(found) <= values_in(data) <= count(found) + data.count(b"[") + data.count(b"{")


def test_a_text_that_never_ends_is_read_through_once() -> None:
    with pytest.raises(NotStrict):
        parsed(b'"' + b'\\"' * (1 << 21), most=10)  # read again from each of its quotes it would take hours
