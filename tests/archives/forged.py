"""Archives as nobody's program makes them."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

Members = dict[str, bytes]
Rows = list[dict[str, Any]]


def members(archive: Path) -> Members:
    """The members of an archive by their names, the manifest among them."""
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(found: Members) -> bytes:
    """The members as a zip, as they are."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in found.items():
            archive.writestr(name, data)
    return file.getvalue()


def vouched(found: Members, **said: Any) -> bytes:
    """The same with a manifest that vouches for every member as it is now: whoever forges one forges the other."""
    manifest = json.loads(found["manifest.json"]) | said
    others = {name: data for name, data in found.items() if name != "manifest.json"}
    manifest["members"] = [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in others.items()
    ]
    manifest["counts"] = {name: others[f"{name}.jsonl"].count(b"\n") for name in manifest["counts"]}
    return packed({"manifest.json": json.dumps(manifest).encode(), **others})


def changed(archive: Path, **tables: Callable[[Rows], object]) -> bytes:
    """The archive with other rows in some tables, and a manifest that vouches for them."""
    found = members(archive)
    for name, change in tables.items():
        rows: Rows = [json.loads(line) for line in found[f"{name}.jsonl"].splitlines()]
        change(rows)
        found[f"{name}.jsonl"] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    return vouched(found)


def other_study(archive: Path, **said: Any) -> bytes:
    """The archive with other facts about the study itself."""
    found = members(archive)
    found["study.json"] = json.dumps(json.loads(found["study.json"]) | said).encode()
    return vouched(found)


def rewritten(archive: Path, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with other bytes in a member, and a manifest that vouches for them."""
    found = members(archive)
    return vouched({**found, name: change(found[name])})


def with_manifest(archive: Path, change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> bytes:
    """The archive with another manifest."""
    found = members(archive)
    return packed({**found, "manifest.json": json.dumps(change(json.loads(found["manifest.json"]))).encode()})
