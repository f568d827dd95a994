"""What is wrong with many files in the same way is told once, with the files that it concerns."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ABOUT_A_FILE = re.compile(r"(?P<file>.+?\.\w{1,5})(?P<fault>:? .+)", re.DOTALL)
_NAMED = 4  # files of one fault; who wants all of them asks at the command line


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, with one file or with many."""

    sentence: str
    count: int  # of the problems that it stands for


def alike(problems: Iterable[str]) -> tuple[Fault, ...]:
    """The problems in their order, with those that differ in the file alone drawn together."""
    together = dict[str, list[str]]()  # fault → its files, and a sentence about no file → nothing
    firsts = dict[str, tuple[str, int]]()
    for problem in problems:
        found = _ABOUT_A_FILE.fullmatch(problem)
        fault = found["fault"] if found else problem
        first, count = firsts.get(fault, (problem, 0))
        firsts[fault] = (first, count + 1)
        if found and count:
            together.setdefault(fault, []).append(found["file"])
    return tuple(Fault(first + _others(together.get(fault, [])), count) for fault, (first, count) in firsts.items())


def _others(files: list[str]) -> str:
    if not files:
        return ""
    named = files[: _NAMED - 1]
    more = f" and {len(files) - len(named):,} more" if len(files) > len(named) else ""
    return f" (and so with {len(files):,} other{'' if len(files) == 1 else 's'}: {', '.join(named)}{more})"
