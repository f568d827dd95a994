"""What is wrong with a file of votes: refusals, and complaints about its lines that stay few however many there are."""

from dataclasses import dataclass, field

from app.errors import BadInput

_LINES, _COMPLAINTS = 5, 10  # named at most
_LONGEST = 60  # characters of a cell that a message repeats
ENOUGH = 100_000  # faulty lines after which a file is not read on


class BadVotes(BadInput):
    """The file cannot be read as votes."""

    def __init__(self, name: str, complaint: str, fix: str) -> None:
        super().__init__(f"{name}: {complaint}", fix)


def quoted(text: str) -> str:
    """A cell's text for a message: on one line, and not all of it where it is long."""
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


@dataclass(slots=True)
class Faults:
    """Complaints in the order in which they came up, each with the lines it is about."""

    lines: dict[str, list[int]] = field(default_factory=dict)  # the first lines of each of the first complaints
    counts: dict[str, int] = field(default_factory=dict)
    faulty: int = 0  # lines
    others: int = 0  # complaints that are not among the first
    last: int = 0  # line

    def add(self, line: int, complaints: list[str]) -> None:
        """One faulty line and everything wrong with it."""
        self.faulty, self.last = self.faulty + 1, max(self.last, line)
        for complaint in complaints:
            if complaint not in self.lines and len(self.lines) == _COMPLAINTS:
                self.others += 1
                continue
            named = self.lines.setdefault(complaint, [])
            if len(named) < _LINES:
                named.append(line)
            self.counts[complaint] = self.counts.get(complaint, 0) + 1

    def in_words(self) -> str:
        """Everything, complaint by complaint."""
        parts = []
        for complaint, lines in self.lines.items():
            rest = self.counts[complaint] - len(lines)
            more = f" and {rest} more" if rest else ""
            parts.append(f"line{'s' if rest or len(lines) > 1 else ''} {', '.join(map(str, lines))}{more}: {complaint}")
        if self.others:
            parts.append(f"and {self.others} other {'fault' if self.others == 1 else 'faults'}")
        if self.faulty >= ENOUGH:
            parts.append(f"the file was read no further than line {self.last}")
        return "\n  ".join(parts)
