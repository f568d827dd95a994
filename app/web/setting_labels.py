"""What settings of a study are called on pages; files, scripts and the terminal know them by their names.

A sentence names a setting between backticks, as it names a command: ``set `catch_trials` to 0``.
"""

import re

from markupsafe import Markup

from app.studies.protocol import Protocol
from app.web.wording import coded

_LABELS = {
    "translations": "Your texts in further languages",
    "plan": "Analysis plan", "plan_test": "Planned test", "plan_alpha": "Planned level α",
    "plan_correction": "Planned correction", "plan_interval": "Planned intervals", "plan_prior": "Planned prior",
    "plan_ties": "Planned ties",
    "plan_include_excluded": "Count excluded sessions", "plan_without_flagged": "Leave out flagged subjects",
    "plan_interim": "Look at results early",
    "plan_primary": "Primary comparison",
}  # fmt: skip
_NAMED = re.compile(r"`(\w+)`")


def label_of(name: str) -> str:
    """What the setting of that name is called on a page."""
    words = name.replace("_", " ").replace(" ms", " (ms)").replace("min ", "minimum ").replace(" url", " URL")
    return _LABELS.get(name, words[:1].upper() + words[1:])


def labelled(text: str) -> Markup:
    """A sentence with the labels of the settings that it names, and what else stands between backticks set as code."""
    return coded(_NAMED.sub(_label, text))


def _label(found: re.Match[str]) -> str:
    return f"“{label_of(found[1])}”" if found[1] in (*Protocol.model_fields, "title") else found[0]
