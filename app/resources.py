"""Finds templates, static files, translations and migrations, from the checkout and from the installed wheel alike."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
# The wheel carries the folders inside the package; a checkout has them beside it.
ROOT = _PACKAGE if (_PACKAGE / "templates").is_dir() else _PACKAGE.parent

TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
LOCALES = ROOT / "locales"
MIGRATIONS = ROOT / "migrations"
