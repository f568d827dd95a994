"""What an installation stands on: the data folder, its secret, the room on its disks, and the store."""

import os
import stat
from collections.abc import Iterator

from app.cli._doctor.findings import Finding, ill, judged, note, told_by, well
from app.cli._environment import unknown_names
from app.db.upkeep import rooms
from app.errors import AppError
from app.media import Media
from app.settings import BadSecret, Settings


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
    for room in rooms(told):
        yield judged("disk", room.health, room.finding, room.fix)


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
