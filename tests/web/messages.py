"""Every message of subjects' pages, read from the sources: ``python -m tests.web.messages`` renews the catalogue.

Line numbers are left out, so that the catalogue changes only where a message does.
"""

from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from app.resources import LOCALES

ROOT = Path(__file__).resolve().parents[2]
POT = LOCALES / "beholder.pot"
SPEAKING = [
    ROOT / "app/studies/wording.py",
    *(
        ROOT / "app/web" / name
        for name in ("refusals.py", "script_texts.py", "gate_texts.py", "subject/questionnaire.py")
    ),
    *(ROOT / "templates/macros" / name for name in ("ending.html", "subject.html", "trial.html")),
    *sorted((ROOT / "templates/subject").glob("*.html")),
]
_KEYWORDS = {"mark": None, "raw": None, "forms": (1, 2), "_": None, "gettext": None, "ngettext": (1, 2)}
_JINJA = {
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "trimmed": "true",
    "newstyle_gettext": "true",
    "silent": "false",
}


def extracted() -> Catalog:
    """The catalogue as the sources have it."""
    catalog = Catalog(project="Beholder", msgid_bugs_address="", copyright_holder="the authors of Beholder")
    catalog.creation_date = datetime(2026, 1, 1, tzinfo=UTC)  # the moment of extraction would be a change each time
    for path in SPEAKING:
        method, options = ("jinja2.ext:babel_extract", _JINJA) if path.suffix == ".html" else ("python", {})
        place = path.relative_to(ROOT).as_posix()
        for _, message, comments, context in extract_from_file(method, path, _KEYWORDS, options=options):
            catalog.add(message, None, [(place, 0)], auto_comments=comments, context=context)
    return catalog


def recorded() -> Catalog:
    """The catalogue as it stands in the repository."""
    with POT.open("rb") as file:
        return read_po(file, abort_invalid=True)


def told(catalog: Catalog) -> dict[object, list[str]]:
    """Every message with the files that say it."""
    return {message.id: sorted({place for place, _ in message.locations}) for message in catalog if message.id}


def main() -> None:
    """The catalogue is what the sources say."""
    with POT.open("wb") as file:
        write_po(file, extracted(), width=100, include_lineno=False)


if __name__ == "__main__":
    main()
