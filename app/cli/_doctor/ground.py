"""What an installation stands on: the data folder, its secret, the room on its disks, and the store."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from app.cli._doctor.findings import Finding, ill, note, told_by, well
from app.cli._environment import unknown_names
from app.errors import AppError
from app.media import Media
from app.settings import BadSecret, Settings

GIB = 1 << 30
_LEAST = GIB  # free bytes below which checkpoints and votes are in danger
_UPLOAD = GIB  # what an uploaded archive may take in the temporary folder


def settings(told: Settings) -> Iterator[Finding]:
    """The environment holds nothing impossible (or ``told`` would not be), and no slip of the pen."""
    strangers = unknown_names(os.environ)
    for sentence in strangers:
        yield note("settings", sentence, "correct the name, or take it out of the environment")
    if not strangers:
        yield well("settings", f"the data folder is {told.data_dir}, the address {told.address}")


def data_folder(told: Settings) -> Iterator[Finding]:
    """The data folder can be written to by its owner, and by nobody else."""
    folder = told.data_dir
    if not folder.is_dir():
        yield ill("data folder", f"there is no folder {folder}", "correct BEHOLDER_DATA_DIR, or run `beholder migrate`")
        return
    mode = stat.S_IMODE(folder.stat().st_mode)
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield ill(
            "data folder", f"{folder} cannot be written to", f"give it to whoever runs this: chown -R $USER {folder}"
        )
    elif mode & 0o022:
        yield ill("data folder", f"others may write to {folder} (mode {mode:04o})", f"chmod go-w {folder}")
    elif mode & 0o007:
        finding = f"everybody on this machine may look into {folder} (mode {mode:04o})"
        yield note("data folder", finding, f"chmod 700 {folder}, unless all of them may see the votes")
    else:
        yield well("data folder", f"{folder} is its owner's alone (mode {mode:04o})")


def secret(told: Settings, *, needed: bool) -> Iterator[Finding]:
    """The secret is whole and readable by its owner alone; it may only be missing where nothing came of it yet."""
    path = told.data_dir / "secret"
    try:
        kept = told.kept_secret()
    except BadSecret as error:
        yield told_by("secret", error)
        return
    if kept is None and needed:
        fix = f"put {path} back from the backup before anything is started: the next start makes another one"
        yield ill("secret", "it is gone, and links that were handed out hold no longer", fix)
    elif kept is None:
        yield note("secret", "there is none yet; the first start makes it")
    elif (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077:
        yield ill("secret", f"others may read or change {path} (mode {mode:04o})", f"chmod 600 {path}")
    else:
        yield well("secret", "it is whole and its owner's alone")


def disk(told: Settings) -> Iterator[Finding]:
    """There is room for what may come: a copy of the database, checkpoints and pictures, an uploaded archive."""
    database = told.data_dir / "beholder.sqlite3"
    places = {"data folder": (told.data_dir, _LEAST + 2 * (database.stat().st_size if database.is_file() else 0))}
    store = store_folder(told)
    if store is not None and not store.is_relative_to(told.data_dir):
        places["store"] = (store, _LEAST)
    places["temporary files"] = (Path(tempfile.gettempdir()), _UPLOAD)
    for name, (folder, needed) in places.items():
        there = next(part for part in (folder, *folder.parents) if part.exists())
        free = shutil.disk_usage(there).free
        said = f"{name}: {free / 1e9:,.1f} GB free in {there}"
        advice = "make room, or move it to a larger disk"
        if free < needed and name != "temporary files":
            yield ill("disk", f"{said}, and {needed / 1e9:,.1f} may be needed at any moment", advice)
        elif free < 5 * needed:
            yield note("disk", f"{said}; {5 * needed / 1e9:,.1f} let trainings and uploads go on without worry", advice)
        else:
            yield well("disk", said)


def store(told: Settings, media: Media | None) -> Iterator[Finding]:
    """The store takes a probe in and gives it up again."""
    if media is None:
        finding = f"there is no {told.public_media} yet"
        yield note("store", finding, "the first start makes it; if it should be there, see that its disk is mounted")
        return
    try:
        media.check_writable()
    except AppError as error:
        yield told_by("store", error)
    else:
        yield well("store", f"{told.public_media} can be written to")


def store_folder(told: Settings) -> Path | None:
    """The store's folder on this machine; None where the store is a service."""
    parts = urlsplit(told.media)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None
