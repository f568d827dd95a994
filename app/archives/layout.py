"""How a study lies in an archive: one zip, its manifest first, tables as JSON Lines, pictures by their hashes.

The manifest says the same of an unchanged study whenever it is made: two archives of one digest hold the same.
"""

import hashlib
import re
from typing import Annotated, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.studies.contents import OF_A_STUDY

FORMAT: Final = "beholder-study"
VERSION: Final = 1
MANIFEST, STUDY = OF_A_STUDY
# In the order in which they lie in the archive; those of sessions are missing where it holds the design alone.
OF_DESIGN = ("pictures", "stimuli", "measure_sources", "measure_values")
OF_SESSIONS = (
    "pairs", "subjects", "external_ids", "sessions", "consents", "questionnaires", "screenings", "trials", "votes",
    "showings", "exclusions", "events",
)  # fmt: skip
PERSONAL = frozenset({"external_ids", "questionnaires"})
LONGEST: Final = 4 << 20  # bytes of a line with words or JSON: a trace has some thousand, a consent a hundred thousand
PICTURE = re.compile(r"pictures/([0-9a-f]{64})\.png")
MOST_MEMBERS = 50_000

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[int, Field(ge=1, lt=2**31)]
Count = Annotated[int, Field(ge=0, lt=2**31)]


class Read(BaseModel):
    """Something that is read from an archive: with these keys and no others, and with the types that are written."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    longest: ClassVar[int] = 16 << 10  # bytes of a line; more where somebody's own words or JSON are in it


class MemberFacts(Read):
    """What the manifest says of a member."""

    name: str
    size: Annotated[int, Field(ge=0, lt=2**40)]  # bytes, unpacked
    sha256: Digest


class Origin(Read):
    """The study in the installation that made the archive."""

    number: Number
    title: str


class Manifest(Read):
    """What an archive is, and what it holds."""

    format: Literal["beholder-study"]
    format_version: Literal[1]
    program: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9.+-]+$")]
    study: Origin
    content: Literal["design", "whole"]
    personal: bool  # whether external ids, questionnaires and completion codes are in it
    counts: dict[str, Count]  # lines of each table
    members: tuple[MemberFacts, ...]  # all but the manifest, in their order

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that such an archive holds, in their order."""
        return tables_of(sessions=self.content == "whole", personal=self.personal)


def tables_of(*, sessions: bool, personal: bool) -> tuple[str, ...]:
    """The tables of an archive with or without sessions, with or without what is personal."""
    left_out = frozenset[str]() if personal else PERSONAL
    return OF_DESIGN + (tuple(name for name in OF_SESSIONS if name not in left_out) if sessions else ())


def member_of(table: str) -> str:
    """The name of the member that holds a table."""
    return f"{table}.jsonl"


def picture_member(digest: str) -> str:
    """The name of the member that holds a picture."""
    return f"pictures/{digest}.png"


def written(manifest: Manifest) -> bytes:
    """The manifest as it stands in the archive."""
    return manifest.model_dump_json(indent=1).encode() + b"\n"


def digest_of(manifest: bytes) -> str:
    """What names an archive: sha256 of its manifest, which holds the sha256 of everything else."""
    return hashlib.sha256(manifest).hexdigest()
