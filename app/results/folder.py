"""Everything that a report has to say, written to one folder or one zip file."""

import json
import re
from pathlib import Path

from app.results.figures import FIGURES
from app.results.package import SUMMARY, Source, parts, zipped
from app.results.staging import staged

_FIGURE = re.compile(
    rf"figures/({'|'.join((*FIGURES, 'diagonal'))})([A-Za-z0-9_.+-]*\.(svg|png|pdf))"
    r"|(subjects|subject_agreement|screening)\.csv"  # a file that does not say who answered has none
    r"|figures/ranking-[A-Za-z0-9_.+-]+-(light|dark)\.(svg|png|pdf)"  # as earlier versions called them
    r"|R/lme4-[A-Za-z0-9_.+-]+\.csv|pwcmp/counts-[A-Za-z0-9_.+-]+\.csv"
)


def write_package(source: Source, out: Path) -> int:
    """How many files now stand in ``out``, a folder, or a zip file where its name says so; all of them or nothing."""
    if out.suffix.lower() != ".zip" or out.is_dir():
        return len(write_folder(source, out))
    found = parts(source)
    with staged(out.parent) as aside, (aside / out.name).open("wb") as file:
        file.writelines(zipped(found, out.stem, source.at))
    return len(found)


def write_folder(source: Source, folder: Path) -> list[Path]:
    """The paths of what now stands in ``folder``; all of it or nothing.

    Files of tasks that are no longer there are removed, where an earlier run wrote them and listed them in its
    ``summary.json``.
    """
    with staged(folder, last=SUMMARY, stale=written_before(folder)) as aside:
        names = []
        for part in parts(source):
            names.append(part.path)
            (aside / part.path).parent.mkdir(exist_ok=True)
            with (aside / part.path).open("wb") as file:
                file.writelines(part.content())
    return [folder / name for name in names]


def written_before(folder: Path) -> list[str]:
    """What the ``summary.json`` there lists, as far as they are files of tasks with names that a package gives."""
    try:
        listed = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))["files"]
        return [
            name
            for name in listed
            if isinstance(name, str)
            and _FIGURE.fullmatch(name)
            and (folder / name).is_file()
            and not (folder / name).is_symlink()
        ]
    except (OSError, ValueError, KeyError, TypeError):  # none, or another program's
        return []
