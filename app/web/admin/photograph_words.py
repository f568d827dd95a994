"""What the pages say of a set of photographs: its state in a word, and its address."""

from urllib.parse import quote

from app.jobs.photograph_sets import SetView


def state_of(view: SetView) -> str:
    """``removed``, ``incomplete`` (nothing to learn from, or to judge on), ``no licence``, or ``ready``."""
    if view.removed_at is not None:
        return "removed"
    if not (view.train and view.test):
        return "incomplete"
    return "ready" if view.licence else "no licence"


def address(set_name: str) -> str:
    """Where the set's page is."""
    return f"/admin/photographs/{quote(set_name, safe='')}"
