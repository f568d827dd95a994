"""A session that nobody has, at a page of its course: what a preview of the subject's pages is filled in with."""

from app.db.models import Outcome, StudyState
from app.sessions.ending import Ending, WayBack, shown_code, told
from app.sessions.progress import SessionView
from app.sessions.sitting import Stage
from app.studies.protocol import Protocol
from app.studies.service import StudyView

_CODE = "EXAMPLE4U2C"  # of a session, where the protocol gives none to everybody
_MS_A_TRIAL = 5_000


def sample(
    study: StudyView, protocol: Protocol, stage: Stage, locale: str, outcome: Outcome | None = None
) -> SessionView:
    """The view of a session of the study under this protocol, at that stage or at that end, with example numbers."""
    comparisons = protocol.comparisons(study.pairs)
    sizes, planned = protocol.block_sizes(comparisons), protocol.planned(comparisons)
    answered = planned if outcome is Outcome.COMPLETED or outcome is Outcome.FAILED_CHECKS else 0
    if stage is Stage.BREAK:
        answered = sizes[0]
    minutes, left = (round(count * _MS_A_TRIAL / 60_000) for count in (answered, planned - answered))
    return SessionView(
        study_title=study.title, study_state=StudyState.OPEN, question=protocol.question, is_demo=study.is_demo,
        simulated=False, locale=locale, stage=stage, block=1, blocks=len(sizes), answered=answered, planned=planned,
        block_answered=0, block_size=sizes[0], outcome=outcome, completion_code=code(protocol, outcome),
        consent_text=protocol.consent_text, consent_hash=protocol.consent_hash, instructions=protocol.instructions,
        languages=protocol.languages, translations=protocol.translations,
        allow_tie=protocol.allow_tie, blank_ms=protocol.blank_ms, min_view_ms=protocol.min_view_ms,
        hold_reference=protocol.hold_reference, flicker=protocol.flicker, questionnaire=protocol.questionnaire,
        viewing=None, gate=protocol.display_gate, gate_pixels=protocol.gate_pixels,
        record_looks=protocol.record_looks, break_until=None, rest_until=None, rest_after_ms=None, practice=None,
        minutes=minutes, minutes_left=left,
    )  # fmt: skip


def code(protocol: Protocol, outcome: Outcome | None) -> str | None:
    """The code that a subject is shown at that end; an example where every session has one of its own."""
    if outcome is Outcome.SCREENED_OUT:
        return protocol.screened_out_code or None
    if outcome is Outcome.FAILED_CHECKS:
        return shown_code(protocol, outcome, protocol.failed_code or _CODE)
    return protocol.completed_code or _CODE if outcome else None


def last_page(protocol: Protocol, outcome: Outcome) -> Ending:
    """What the last page says at that end; the way back is a form, which a preview shuts, and never a link."""
    address = {
        Outcome.COMPLETED: protocol.completed_url,
        Outcome.FAILED_CHECKS: protocol.failed_url
        or (protocol.completed_url if "{code}" in protocol.completed_url else ""),
        Outcome.SCREENED_OUT: protocol.screened_out_url,
    }[outcome]
    shown = code(protocol, outcome)
    back = WayBack(address, None, {"code": shown or ""}) if address else None
    return Ending(told(protocol, outcome), shown, back, sent=False)
