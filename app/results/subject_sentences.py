"""What the screening of subjects found, in a sentence for a person."""

from collections.abc import Sequence

from app.results.sentences import counted, listed
from app.results.subject_rows import SubjectRow

_NAMED = 6  # subjects that one sentence can still name


def screening_in_words(rows: Sequence[SubjectRow]) -> str:
    """How many subjects are flagged, and whom the flags propose to exclude."""
    if not rows:
        return "Nobody has answered yet."
    judging = [row for row in rows if not row.excluded]
    flagged = [row for row in judging if row.flags]
    proposed = [row for row in judging if row.proposed]
    out = len(rows) - len(judging)
    first = f"Of {counted(len(judging), 'subject')} whose votes count, {len(flagged) or 'none'} "
    first += "is flagged" if len(flagged) == 1 else "are flagged"
    tail = f" {counted(out, 'subject')} {'is' if out == 1 else 'are'} excluded already." if out else ""
    if not proposed:
        return f"{first}, and nobody is proposed for exclusion.{tail}"
    names = [row.subject for row in proposed]
    if len(names) <= _NAMED:
        who = f"subject{'s' if len(names) > 1 else ''} {listed(names)}"
    else:
        who = counted(len(names), "subject")
    return f"{first}; {who} {'is' if len(names) == 1 else 'are'} proposed for exclusion.{tail}"
