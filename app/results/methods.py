"""The methods sheet: what a paper has to report about a study, or about the analysis of a file of votes.

In the order of the reporting clause of ITU-T P.910: method, stimuli, design, sessions, subjects, consent, vision,
display and environment, data processing, plan, statistics, software and hashes. What no program can know stands there
as a line for the authors.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from app import __version__
from app.clock import now
from app.db import Database
from app.db.models import Consent, ExternalId, Service, Session
from app.results.bibliography import cite
from app.results.export import votes_csv
from app.results.methods_beside import beside_lines
from app.results.methods_data import Digests, digest, digest_lines, log_digest, software_lines
from app.results.methods_design import design_lines, method_lines, session_lines, stimulus_lines
from app.results.methods_people import consent_lines, display_lines, recruitment_lines, subject_lines, vision_lines
from app.results.methods_screening import screening_lines
from app.results.methods_statistics import plan_lines, processing_lines, statistics_lines
from app.results.methods_text import MethodsSheet, Section, plain, section
from app.results.plan import plan_of
from app.results.report import StudyReport
from app.results.session_rows import SessionRow, session_table
from app.results.vote_rows import vote_rows
from app.studies import inventory, service, states
from app.studies.eras import hashes
from app.studies.protocol import Protocol
from app.studies.service import StudyView

_MOST_VOTES = 200_000  # whose file is hashed while somebody waits: some ten seconds


def study_methods(database: Database, study_id: int, found: StudyReport) -> MethodsSheet:
    """The sheet of a study; ``found`` is the report whose numbers stand beside it."""
    study, table, stock = (
        service.get(database, study_id), session_table(database, study_id), inventory.read(database, study_id),
    )  # fmt: skip
    protocol = study.protocol
    simulated = study.is_demo and not found.options.people
    rows = [row for row in table.rows if not row.pilot and row.simulated == simulated]
    valid = [row for row in rows if not row.excluded_by and row.work.answered]
    texts, services, as_frozen = _looked_up(database, study_id, valid)
    few = sum(row.work.answered for row in table.rows) <= _MOST_VOTES
    votes = digest(votes_csv(vote_rows(database, study_id, found.options))) if few else ""
    vouched = Digests(as_frozen, log_digest(table.rows), votes)
    return MethodsSheet(
        f"Methods: {plain(study.title)}",
        tuple(_head(study)),
        (
            section("Test method", method_lines(protocol)),
            section("Stimuli", stimulus_lines(protocol, stock)),
            section("Design and training", design_lines(protocol, study.seed)),
            section("Sessions", session_lines(protocol, study.pairs, valid)),
            section("Subjects", subject_lines(table, rows, valid, simulated=simulated), recruitment_lines(services)),
            section("Consent and instructions", consent_lines(protocol, texts)),
            section("Vision", vision_lines(protocol, valid)),
            section("Display and environment", display_lines(protocol, valid)),
            section("Data processing", _exclusion(protocol), processing_lines(found)),
            *_screening(found),
            section("Analysis plan", plan_lines(plan_of(database, study_id), found)),
            section("Statistics", statistics_lines(found), beside_lines(found)),
            section("Software and data", software_lines(), digest_lines(study, vouched)),
        ),
        protocol.without_codes().model_dump(mode="json"),
    )


def file_methods(name: str, file_digest: str, found: StudyReport) -> MethodsSheet:
    """The sheet as far as a file of votes can tell: the analysis, and nothing of how the votes were collected."""
    return MethodsSheet(
        f"Methods: analysis of {plain(name)}",
        (
            f"Written by Beholder {__version__} on {now():%Y-%m-%d}. A file of votes does not tell how they were "
            f"collected: method, stimuli, subjects, display and environment (clause 14 of ITU-T P.910 "
            f"{cite('itup910')}) are for the authors to report.",
        ),
        (
            section("Data processing", processing_lines(found)),
            *_screening(found),
            section("Statistics", statistics_lines(found), beside_lines(found)),
            section("Software and data", software_lines(), [f"SHA-256 of {plain(name)}: {file_digest}."]),
        ),
    )


def _screening(found: StudyReport) -> tuple[Section, ...]:
    """The section on screening, where somebody can be screened."""
    made = section("Screening of subjects", screening_lines(found))
    return (made,) if made.lines else ()


def _head(study: StudyView) -> Iterator[str]:
    yield (
        f"Study {study.id}, {study.state.value}. Written by Beholder {__version__} on {now():%Y-%m-%d %H:%M} UTC. The "
        f"sections are those that clause 14 of ITU-T P.910 {cite('itup910')} asks to be reported; what Beholder cannot "
        "know is marked as to be added by the authors."
    )
    if study.is_demo:
        yield "A demonstration: its subjects are programs, and nothing here says anything about human eyes."


def _exclusion(protocol: Protocol) -> Iterator[str]:
    if protocol.catch_trials:
        yield (
            f"A session with more than {protocol.catch_failures_allowed} of {protocol.catch_trials} catch trials wrong "
            "is excluded; so is one that the experimenter excludes with a reason, or whose subject withdrew. An "
            "exclusion is recorded with rule, reason, author and time, and all but a withdrawal can be taken back."
        )
    else:
        yield "No rule excludes sessions; the experimenter can, with a reason that is recorded."


def _looked_up(database: Database, study_id: int, valid: Sequence[SessionRow]) -> tuple[int, Counter[Service], bool]:
    """How many wordings valid sessions agreed to, who sent their subjects, and whether the protocol is as it opened."""
    of_valid = Session.id.in_([row.id for row in valid])
    with database.read() as db:
        texts = db.scalars(
            select(func.count(Consent.text_hash.distinct()))
            .join(Session, Session.id == Consent.session_id)
            .where(of_valid)
        ).one()
        sent = db.scalars(
            select(ExternalId.service)
            .join(Session, Session.subject_id == ExternalId.subject_id)
            .where(Session.study_id == study_id, of_valid)
        ).all()
        study = states.find(db, study_id)
        return texts, Counter(sent), study.protocol_hash in list(hashes(study.protocol))
