"""The addresses that subjects are sent to at the end, and what is filled into them."""

import re
from urllib.parse import urlsplit

from app.studies.plain import is_plain

PLACES = ("participant", "study", "session", "code")
_PLACE = re.compile(rf"\{{(?:{'|'.join(PLACES)})\}}")
_LISTED = ", ".join(f"{{{name}}}" for name in PLACES[:-1]) + f" and {{{PLACES[-1]}}}"


def checked(address: str) -> str:
    """The address itself; raises ``ValueError`` where nobody could be sent to it."""
    begins = address.startswith(("https://", "http://"))
    if not begins or " " in address or not is_plain(address) or not _host(address):
        raise ValueError("write a whole address that begins with https:// and the name of a host")
    if set("{}") & set(_PLACE.sub("", address)):
        raise ValueError(f"only {_LISTED} are filled in, spelt exactly so; no other braces may stand in it")
    return address


def _host(address: str) -> str:
    """The name of the machine, which is never filled in; empty where there is none."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:  # brackets that do not hold an address
        return ""
    return "" if set("{}") & set(host) else host
