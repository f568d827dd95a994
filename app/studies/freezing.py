"""What opening, a pilot and a rehearsal do alike: nothing is wrong with the study, and what it shows is fixed."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session as OrmSession

from app.db.models import Study
from app.errors import Conflict
from app.studies.finding import Finding, Severity
from app.studies.inventory import TaskStock
from app.studies.lint import findings
from app.studies.pairs import plan
from app.studies.states import protocol_of


class StudyNotReady(Conflict):
    """The study's check found errors, so the study cannot open yet."""

    findings: list[Finding]

    def __init__(self, study: Study, found: list[Finding]) -> None:
        self.findings = found
        listed = "\n".join(f"- {finding.text} Fix: {finding.fix}." for finding in found)
        super().__init__(f"{study.title!r} cannot open yet:\n{listed}", "mend what is listed and open it again")

    def extras(self) -> dict[str, Any]:
        """The errors, each with what to do about it."""
        return {"findings": [asdict(finding) for finding in self.findings]}


def freeze(db: OrmSession, study: Study, stock: Sequence[TaskStock], lost: AbstractSet[str]) -> None:
    """The study's pairs are rows and its protocol is hashed, unless they are; raises ``StudyNotReady``."""
    protocol = protocol_of(study)
    errors = [f for f in findings(protocol, stock, lost) if f.severity is Severity.ERROR]
    if errors:
        raise StudyNotReady(study, errors)
    if study.protocol_hash is None:
        db.add_all(pair.row(study.id) for pair in plan(protocol, stock))
        study.protocol = protocol.model_dump(mode="json")  # whole: the draft may be older than some settings
        study.protocol_hash = protocol.hash


def digests_of(stock: Iterable[TaskStock]) -> set[str]:
    """The hashes of all these pictures."""
    return {shown.digest for task in stock for shown in task.pictures.values()}
