"""What is damaged, forged or hostile is refused with its reason, and nothing of it is in the installation."""

import json
import stat
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from random import Random
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from app.archives.refusals import ArchiveRefused, NotAStudyArchive, OtherArchiveFormat
from app.db.models import AuditEntry, Event, Picture, Study, Vote
from app.errors import AppError
from tests.archives import forged
from tests.archives.conftest import Origin, Place
from tests.archives.forged import Rows
from tests.studies.archives import patched, with_mode, zipped

pytestmark = pytest.mark.one_database  # nothing of it comes as far as a database


def refusal(here: Place, archive: bytes) -> AppError:
    """Why the archive is not taken in; nothing of it is there afterwards."""
    with pytest.raises((ArchiveRefused, NotAStudyArchive, OtherArchiveFormat)) as refused:
        here.take_in(archive)
    with here.database.read() as db:
        for table in (Study, Event, Vote, Picture, AuditEntry):
            assert not db.scalar(select(func.count()).select_from(table))
    error: AppError = refused.value
    assert "Nothing was imported" in error.message
    assert error.fix
    return error


def test_a_file_that_breaks_off_is_refused_wherever_it_does(origin: Origin, here: Place) -> None:
    whole = origin.archive.read_bytes()
    for end in (0, 1, 30, 1000, len(whole) // 2, len(whole) - 30, len(whole) - 1):
        refusal(here, whole[:end])


def test_a_bit_that_was_flipped_in_any_member_is_noticed(origin: Origin, here: Place) -> None:
    whole = origin.archive.read_bytes()
    with zipfile.ZipFile(BytesIO(whole)) as archive:
        infos = archive.infolist()
    pictures = [info for info in infos if info.filename.endswith(".png")]
    for info in [info for info in infos if info.file_size and info not in pictures[1:]]:
        header = struct.unpack("<HH", whole[info.header_offset + 26 : info.header_offset + 30])
        middle = info.header_offset + 30 + sum(header) + info.compress_size // 2
        flipped = bytearray(whole)
        flipped[middle] ^= 1
        refusal(here, bytes(flipped))


def test_a_flipped_bit_under_a_checksum_that_fits_is_noticed_by_the_manifest(origin: Origin, here: Place) -> None:
    found = forged.members(origin.archive)
    for name in [name for name in found if found[name] and name != "manifest.json"][:20]:
        flipped = bytearray(found[name])
        flipped[len(flipped) // 2] ^= 1
        assert name in refusal(here, forged.packed({**found, name: bytes(flipped)})).message
    longer = forged.packed({**found, "events.jsonl": found["events.jsonl"][:-40] + b" " * 39 + b"\n"})
    assert "events.jsonl" in refusal(here, longer).message


def test_members_that_changed_places_are_noticed(origin: Origin, here: Place) -> None:
    found = forged.members(origin.archive)
    one, other = [name for name in found if name.endswith(".png")][:2]
    swapped = {**found, one: found[other], other: found[one]}
    assert one in refusal(here, forged.packed(swapped)).message
    assert "another sha256 than its name" in refusal(here, forged.vouched(swapped)).message
    tables = {**found, "votes.jsonl": found["trials.jsonl"], "trials.jsonl": found["votes.jsonl"]}
    assert "jsonl, line 1" in refusal(here, forged.vouched(tables)).message


Manifest = dict[str, Any]
LIES: dict[str, tuple[Callable[[Manifest], Manifest], str]] = {
    "size": (lambda m: m | {"members": [{**one, "size": one["size"] + 1} for one in m["members"]]}, "bytes, and"),
    "digest": (lambda m: m | {"members": [{**one, "sha256": "0" * 64} for one in m["members"]]}, "another sha256"),
    "missing": (lambda m: m | {"members": m["members"][:-1]}, "does not name it"),
    "more": (
        lambda m: m | {"members": [*m["members"], {"name": f"pictures/{'0' * 64}.png", "size": 1, "sha256": "0" * 64}]},
        "is missing",
    ),
    "twice": (lambda m: m | {"members": [*m["members"], m["members"][0]]}, "names a member twice"),
    "count": (lambda m: m | {"counts": {**m["counts"], "votes": 3}}, "votes.jsonl has other than the 3 lines"),
    "counts": (lambda m: m | {"counts": {**m["counts"], "votes": 2**31 - 1}}, "more than any study"),
    "no counts": (lambda m: m | {"counts": {}}, "counts other tables"),
    "content": (lambda m: m | {"content": "design"}, "names other tables"),
    "personal": (lambda m: m | {"personal": True}, "names other tables"),
    "an unknown key": (lambda m: m | {"more": 1}, "manifest.json: more"),
    "another title": (lambda m: m | {"study": {**m["study"], "title": "Other"}}, "another title"),
    "markup": (lambda m: m | {"program": "<b>1</b>"}, "manifest.json: program"),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_manifest_that_lies_is_refused(origin: Origin, here: Place, lie: str) -> None:
    change, told = LIES[lie]
    assert told in refusal(here, forged.with_manifest(origin.archive, change)).message


@pytest.mark.parametrize("version", [0, 2, "1", None, True, 10**30])
def test_another_version_of_the_format_is_refused_with_what_to_do(origin: Origin, here: Place, version: object) -> None:
    error = refusal(here, forged.with_manifest(origin.archive, lambda m: m | {"format_version": version}))
    assert isinstance(error, OtherArchiveFormat)
    assert "docs/study-archive.md" in error.fix


NO_ARCHIVES: dict[str, Callable[[Origin], bytes]] = {
    "empty": lambda origin: b"",
    "text": lambda origin: b"task,scene\n",
    "no member": lambda origin: zipped([]),
    "pictures alone": lambda origin: zipped([("denoise/mae/a.png", b"")]),
    "another format": lambda origin: forged.with_manifest(origin.archive, lambda m: m | {"format": "other"}),
    "a list": lambda origin: forged.with_manifest(origin.archive, lambda m: [m]),  # type: ignore[arg-type, return-value]
    "the manifest last": lambda origin: forged.packed(dict(reversed(forged.members(origin.archive).items()))),
}


@pytest.mark.parametrize("what", NO_ARCHIVES)
def test_what_is_no_archive_of_a_study_is_said_to_be_none(origin: Origin, here: Place, what: str) -> None:
    assert refusal(here, NO_ARCHIVES[what](origin)).status == 422


NAMES = ["../study.json", "/etc/passwd", "pictures/../study.json", "pictures\\a.png", "Manifest.json", "votes.csv",
         f"pictures/{'A' * 64}.png", f"pictures/{'0' * 64}.png/", "study.json/", "C:/a", "a" * 60_000]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_no_archive_has_is_refused(origin: Origin, here: Place, name: str) -> None:
    error = refusal(here, forged.packed({**forged.members(origin.archive), name: b"x"}))
    assert "no member of a study's archive" in error.message
    assert len(error.message) < 1000


def test_links_special_files_and_passwords_are_refused(origin: Origin, here: Place) -> None:
    found = forged.members(origin.archive)
    for mode, told in ((stat.S_IFLNK, "is a link"), (stat.S_IFIFO, "is a special file")):
        whole = [
            (with_mode(name, mode | 0o644) if name == "study.json" else name, data) for name, data in found.items()
        ]
        assert told in refusal(here, zipped(whole)).message
    assert "is encrypted" in refusal(here, patched(forged.packed(found), 1, 8, "<H", 1)).message


def test_a_name_that_is_there_twice_is_refused(origin: Origin, here: Place) -> None:
    found = forged.members(origin.archive)
    with pytest.warns(UserWarning, match="Duplicate name"):
        doubled = zipped([*found.items(), ("study.json", found["study.json"])])
    assert "'study.json' is there 2 times" in refusal(here, doubled).message


def test_bombs_are_refused_before_they_are_unpacked(origin: Origin, here: Place) -> None:
    found = forged.members(origin.archive)
    bomb = forged.vouched({**found, "events.jsonl": b" " * (8 << 20)})
    assert "unpacks to more than 200 times its size" in refusal(here, bomb).message
    overlapping = patched(patched(forged.packed(found), 3, 42, "<I", 0), 3, 20, "<I", 10)
    assert "overlap" in refusal(here, overlapping).message


def test_a_member_that_holds_more_than_it_says_is_refused(origin: Origin, here: Place) -> None:
    found = forged.members(origin.archive)
    place = list(found).index("votes.jsonl")
    short = patched(forged.packed(found), place, 24, "<I", 10)
    assert "votes.jsonl has 10 bytes" in refusal(here, short).message


def test_a_small_archive_that_would_fill_the_memory_is_refused(origin: Origin, here: Place) -> None:
    payload = {"events": Random(3).sample(range(1000, 10_000), 4_000)}

    def filled(rows: Rows) -> None:
        rows[1:1] = [rows[0] | {"kind": "trace", "payload": payload}] * 620

    bomb = forged.changed(origin.archive, events=filled)
    assert len(bomb) < 200_000
    assert "a session would take more than 256 MB of memory" in refusal(here, bomb).message


def test_a_study_or_a_manifest_of_very_many_values_is_refused(origin: Origin, here: Place) -> None:
    many = Random(3).choices(range(10), k=450_000)
    assert "more than 100,000 values" in refusal(here, forged.other_study(origin.archive, more=many)).message
    listed = forged.with_manifest(origin.archive, lambda m: m | {"more": many})
    assert "more than 400,000 values" in refusal(here, listed).message
    long = forged.other_study(origin.archive, more=Random(3).randbytes(3 << 20).hex())
    assert "study.json has more than 4 MiB" in refusal(here, long).message


STRANGE = {
    "NaN": (b'{"task": NaN}\n', "NaN is no number"),
    "a huge number": (b'{"task": 1e999}\n', "a number that is too large"),
    "thousands of digits": (b'{"task": ' + b"1" * 5000 + b"}\n", "far too long"),
    "deep": (b'{"task": ' + b"[" * 10_000 + b"]" * 10_000 + b"}\n", "deeper than 32 levels"),
    "thirty-three levels": (b"[" * 33 + b"]" * 33 + b"\n", "deeper than 32 levels"),
    "a key twice": (b'{"task": 1, "task": 1}\n', "the key 'task' twice"),
    "a null": (b'{"task": "\\u0000"}\n', "a null or half of a character"),
    "half a character": (b'{"task": "\\ud800"}\n', "a null or half of a character"),
    "latin-1": (b'{"task": "\xe9"}\n', "not UTF-8"),
    "no end": (b"{}", "breaks off in its last line"),
    "nothing": (b"\n", "is no JSON"),
    "a list": (b"[]\n", "line 1: it"),
    "one long line": (b" " * (5 << 20) + b"".join(b"%d" % n for n in range(10**5)), "a line of more than 256 KiB"),
    "very many values": (b'{"task": [' + b"0," * 20_000 + b"0]}\n", "more than 20,000 values"),
}


@pytest.mark.parametrize("what", STRANGE)
def test_json_that_means_several_things_or_too_much_is_refused(origin: Origin, here: Place, what: str) -> None:
    data, told = STRANGE[what]
    error = refusal(here, forged.rewritten(origin.archive, "stimuli.jsonl", lambda _: data))
    assert told in error.message
    assert len(error.message) < 1000


def _set(index: int, **said: Any) -> Callable[[Rows], object]:
    return lambda rows: rows[index].update(said)


def _swap(key: str, one: int, other: int) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        rows[one][key], rows[other][key] = rows[other][key], rows[one][key]

    return change


def _turned(rows: Rows) -> None:
    rows[0]["side"] = "left" if rows[0]["side"] == "right" else "right"


TABLES: dict[str, tuple[str, Callable[[Rows], object], str]] = {
    "a vote for another session's trial": ("votes", _swap("trial", 0, -1), "which is not one of its own"),
    "votes that changed trials": ("votes", _swap("trial", 0, 1), "was edited"),
    "a vote twice": ("votes", lambda rows: rows.insert(1, rows[0]), "a trial has two votes"),
    "a vote turned round": ("votes", _turned, "was edited"),
    "a vote of another kind": ("votes", _set(0, side="up"), "votes.jsonl, line 1: side"),
    "a vote that is gone": ("votes", lambda rows: rows.pop(0), "1 logged votes are gone"),
    "a vote of tomorrow": ("votes", _set(0, received_at="2999-01-01T00:00:00+00:00"), "in the future"),
    "a moment without a zone": ("votes", _set(0, received_at="2024-01-01T00:00:00"), "received_at"),
    "a trial turned round": ("trials", lambda rows: [r.update(a_on_left=not r["a_on_left"]) for r in rows], "changed"),
    "a trial of another pair": ("trials", _swap("pair", 3, 4), "the trials of block"),
    "a trial of another kind": ("trials", _set(0, kind="test"), "shows no pair that a test trial may show"),
    "a trial of no pair": ("trials", _set(0, pair=999_999), "shows no pair"),
    "a trial twice": ("trials", lambda rows: rows.insert(1, rows[0]), "is there twice"),
    "a token of markup": ("trials", _set(0, token="<script>alert(1)</script>"), "trials.jsonl, line 1: token"),
    "a line of the log edited": ("events", _set(1, payload={"text": "0" * 64}), "the payload of event 2"),
    "a line of the log taken out": ("events", lambda rows: rows.pop(1), "event 2 is missing"),
    "a log that was cut": ("events", lambda rows: rows.pop(), "events were written"),
    "an erased payload": ("events", _set(0, payload=None, salt=""), "is gone, and nobody withdrew"),
    "a line out of its place": ("events", lambda rows: rows.append(rows.pop(0)), "does not stand in the order"),
    "a payload of nothing": ("events", _set(0, payload={}), "was edited"),
    "an exclusion taken back": ("exclusions", lambda rows: rows.pop(0), "the decisions about it were changed"),
    "another reason": ("exclusions", _set(0, reason="None."), "the decisions about it were changed"),
    "another account": ("exclusions", _set(0, decided_by="kim"), "the decisions about it were changed"),
    "another consent": ("consents", _set(0, text="I agree to nothing."), "the text that its subject agreed to"),
    "no consent": ("consents", lambda rows: rows.pop(0), "the agreement of its subject is another"),
    "a session that began otherwise": ("sessions", _set(0, pilot=True), "it began otherwise"),
    "a session twice": ("sessions", lambda rows: rows.append(rows[0]), "twice"),
    "a session of nobody": ("sessions", _set(0, subject=999_999), "there is no subject 999999"),
    "a session that is gone": ("sessions", lambda rows: rows.pop(0), "does not stand in the order"),
    "sessions in another order": ("sessions", lambda rows: rows.reverse(), "does not stand in the order"),
    "an end that never came": ("sessions", _set(3, outcome="completed"), "it ended otherwise"),
    "a seed of another size": ("sessions", _set(0, seed=2**40), "sessions.jsonl, line 1: seed"),
    "a label twice": ("subjects", lambda rows: rows[1].update(label=rows[0]["label"]), "a label twice"),
    "a label that turns text": ("subjects", _set(0, label="\u202eada"), "subjects.jsonl, line 1: label"),
    "an unknown key": ("subjects", _set(0, admin=True), "subjects.jsonl, line 1: admin"),
    "a missing key": ("subjects", lambda rows: rows[0].pop("label"), "subjects.jsonl, line 1: label"),
    "text for a number": ("subjects", _set(0, number="1"), "subjects.jsonl, line 1: number"),
    "a pair of strangers": ("pairs", _set(0, a=999_999), "there is no stimulus 999999"),
    "a pair of two scenes": ("pairs", _swap("a", 0, -1), "of several scenes"),
    "a pair turned round": ("pairs", lambda rows: [r.update(a=r["b"], b=r["a"]) for r in rows], "sorts first"),
    "a pair of one": ("pairs", lambda rows: rows[0].update(a=rows[0]["b"]), "pairs.jsonl"),
    "a pair of another kind": ("pairs", lambda rows: [r.update(kind="catch") for r in rows], "or is there twice"),
    "a pair twice": ("pairs", lambda rows: rows.append({**rows[0], "number": 999_999}), "is there twice"),
    "another condition": ("stimuli", _set(2, condition="zzz"), "sorts first"),
    "a reserved name": ("stimuli", _set(2, condition="reference"), "stimuli.jsonl, number"),
    "an origin that nests": ("stimuli", _set(0, origin={"": [[]]}), "stimuli.jsonl, line 1: origin"),
    "an origin without end": (
        "stimuli", _set(0, origin={str(n): n for n in range(51)}), "stimuli.jsonl, line 1: origin"
    ),
    "a path as a scene": ("stimuli", _set(0, scene=" ../x"), "stimuli.jsonl, line 1: scene"),
    "an unknown picture": ("stimuli", _set(0, picture="0" * 64), "not in pictures.jsonl"),
    "another size": ("pictures", _set(0, width=31), "as large as"),
    "a value that is none": ("measure_values", _set(0, value="high"), "measure_values.jsonl, line 1: value"),
    "a value of strangers": ("measure_values", _swap("reference", 0, -1), "do not belong together"),
    "a value of no source": ("measure_values", _set(0, source=999_999), "has a source that is not in"),
}  # fmt: skip


@pytest.mark.parametrize("what", TABLES)
def test_rows_that_do_not_fit_together_are_refused_even_if_the_manifest_vouches_for_them(
    origin: Origin, here: Place, what: str
) -> None:
    table, change, told = TABLES[what]
    assert told in refusal(here, forged.changed(origin.archive, **{table: change})).message


def test_a_reason_that_an_archive_tells_is_the_one_that_was_logged(origin: Origin, here: Place) -> None:
    for change in (_set(0, reason="None."), _set(0, decided_by="kim")):
        told = refusal(here, forged.changed(origin.personal, exclusions=change)).message
        assert "the decisions about it were changed" in told


STUDIES: dict[str, tuple[dict[str, Any], str]] = {
    "another state": ({"state": "draft"}, "has been opened"),
    "no hash": ({"protocol_hash": None}, "has been opened"),
    "another hash": ({"protocol_hash": "0" * 64}, "its hash is another"),
    "no protocol": ({"protocol": {}}, "its hash is another"),
    "an unknown setting": ({"protocol": {"more": 1}}, "protocol.more"),
    "an impossible setting": ({"protocol": {"trials_per_session": 0}}, "protocol.trials_per_session"),
    "a setting in other words": ({"protocol": {"trials_per_session": "6"}}, "not written as this program"),
    "a link that runs": ({"protocol": {"completed_url": "javascript:alert(1)"}}, "protocol.completed_url"),
    "a title that turns text": ({"title": "\u202eA study"}, "study.json: title"),
}


@pytest.mark.parametrize("what", STUDIES)
def test_a_study_that_cannot_be_is_refused(origin: Origin, here: Place, what: str) -> None:
    said, told = STUDIES[what]
    assert told in refusal(here, forged.other_study(origin.archive, **said)).message


def test_a_protocol_that_was_edited_after_the_fact_is_refused(origin: Origin, here: Place) -> None:
    protocol = json.loads(forged.members(origin.archive)["study.json"])["protocol"]
    edited = forged.other_study(origin.archive, protocol=protocol | {"plan_alpha": 0.2})
    assert "not the one that the study opened with" in refusal(here, edited).message


def _as_picture(origin: Origin, data: bytes) -> bytes:
    """The archive with these bytes under their own hash in the place of a picture."""
    import hashlib

    found, digest = forged.members(origin.design), hashlib.sha256(data).hexdigest()
    old = json.loads(found["pictures.jsonl"].splitlines()[0])["digest"]
    found[f"pictures/{digest}.png"] = data
    del found[f"pictures/{old}.png"]
    for name in ("pictures.jsonl", "stimuli.jsonl", "measure_values.jsonl"):
        found[name] = found[name].replace(old.encode(), digest.encode())
    return forged.vouched(found)


def test_only_plain_pngs_are_pictures(origin: Origin, here: Place) -> None:
    jpeg, alpha = BytesIO(), BytesIO()
    Image.new("RGB", (32, 24)).save(jpeg, "JPEG")
    Image.new("RGBA", (32, 24)).save(alpha, "PNG")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for data, told in ((svg, "is not a PNG (text)"), (jpeg.getvalue(), "a JPEG"), (alpha.getvalue(), "alpha")):
        assert told in refusal(here, _as_picture(origin, data)).message


def test_very_many_problems_are_told_in_short(origin: Origin, here: Place) -> None:
    error = refusal(here, forged.changed(origin.archive, votes=lambda rows: [r.update(elapsed_ms=1) for r in rows]))
    assert isinstance(error, ArchiveRefused)
    assert len(error.problems) == 6
    many = ArchiveRefused("a.zip", [f"problem {n}" for n in range(200)])
    assert many.problems[-1] == "and 150 more"
