"""Which text may stand on a page and in a table: words, and nothing that hides or turns them."""

import unicodedata

_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, halves of characters, unusual ends of lines
_TURNING = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)  # they make text read as other than it is
PLAIN = "printable characters only: no control characters, and none that turn the direction of writing"


def is_plain(text: str, *, lines: bool = False) -> bool:
    """Whether the text is of printable characters; with ``lines``, also of new lines and tabs.

    Looser than ``str.isprintable``, which refuses the spaces and joiners that French, Persian and Hindi need.
    """
    allowed = "\n\t" if lines else ""
    return all(char in allowed or (char not in _TURNING and unicodedata.category(char) not in _UNSEEN) for char in text)


def one_line(text: str) -> str:
    """The text, where it is plain; raises ``ValueError``, as a model's validator does."""
    if not is_plain(text):
        raise ValueError(PLAIN)
    return text


def in_lines(text: str) -> str:
    """The text of several lines, where it is plain; raises ``ValueError``, as a model's validator does."""
    if not is_plain(text, lines=True):
        raise ValueError(PLAIN)
    return text
