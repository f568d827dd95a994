"""What a study may be called."""

from app.errors import BadInput
from app.studies.plain import PLAIN, is_plain


class BadTitle(BadInput):
    """A study needs a title that fits a page's head."""

    def __init__(self) -> None:
        super().__init__(f"A study needs a title of 1 to 200 characters, {PLAIN}", "write one; subjects see it")


def titled(title: str) -> str:
    """The title as it is kept, with single spaces; raises ``BadTitle``."""
    title = " ".join(title.split())
    if not 1 <= len(title) <= 200 or not is_plain(title):
        raise BadTitle
    return title
