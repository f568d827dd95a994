"""One entry of a bibliography, for BibTeX and in words."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of the bibliography; a key never changes, because papers hold it."""

    key: str
    kind: str  # of BibTeX
    fields: Mapping[str, str]

    @property
    def in_words(self) -> str:
        """The entry as a reader of the sheet has it."""
        told = {name: text.replace("{", "").replace("}", "") for name, text in self.fields.items()}
        who = told["author"].split(" and ")
        last = "" if len(who) == 1 else ", et al." if who[-1] == "others" else f"; and {who[-1]}"
        names = "; ".join(who[:-1] or who) + last
        if "institution" in told:
            place = f"{told['institution']}, {told['type']} {told['number']}"
        else:
            volume = told.get("volume", "") + (f"({told['number']})" if "number" in told else "")
            where = next((told[name] for name in ("journal", "booktitle", "publisher") if name in told), "")
            place = ", ".join(part for part in (f"{where} {volume}".strip(), told.get("pages", "")) if part)
        tail = [place, f"https://doi.org/{told['doi']}" if "doi" in told else told.get("url", "")]
        return ". ".join([f"{names} ({told['year']})", told["title"], *(part for part in tail if part)])


def made(key: str, kind: str, **fields: str) -> Reference:
    """The entry with these fields."""
    return Reference(key, kind, fields)
