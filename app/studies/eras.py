"""Which settings a protocol had when, and what migrations wrote into the protocols of studies that had opened before.

A hash that was stored at opening is of the settings that there were; what was written in later is not part of it.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from app.jobs.contract import digest_of
from app.studies.protocol import Protocol
from app.studies.withheld import withheld

FIRST = frozenset({
    "question", "trials_per_session", "judgements_per_pair", "block_size", "break_minutes", "catch_trials",
    "catch_failures_allowed", "practice_trials", "practice_scenes", "allow_tie", "blank_ms", "min_view_ms",
    "target_sessions", "consent_text", "instructions",
})  # fmt: skip
SECOND = FIRST | {
    "catch_pairs", "repeat_percent", "dummy_trials", "practice_pass", "practice_attempts", "hold_reference", "flicker",
    "sitting_minutes", "rest_hours", "questionnaire", "display_gate", "gate_pixels", "record_looks", "viewing",
    "viewing_rule", "languages", "completed_code", "failed_code", "screened_out_code", "completed_url", "failed_url",
    "screened_out_url",
}  # fmt: skip
THIRD = SECOND | {
    "plan", "plan_primary", "plan_alpha", "plan_correction", "plan_prior", "plan_interval", "plan_include_excluded",
    "plan_interim", "plan_test", "plan_ties", "plan_without_flagged",
}  # fmt: skip
# The newest first: what the migration wrote in, and which settings there were before it.
_WRITTEN_IN: tuple[tuple[dict[str, Any], frozenset[str]], ...] = (
    ({"sampling": "balanced", "adaptive_floor": 1}, THIRD),  # 0006
    (
        {
            "plan": "none", "plan_primary": "", "plan_alpha": 0.05, "plan_correction": "none", "plan_prior": 0.1,
            "plan_interval": "scenes", "plan_test": "t", "plan_ties": "half", "plan_include_excluded": False,
            "plan_without_flagged": False, "plan_interim": False,
        },
        SECOND,
    ),  # 0005
    ({"dummy_trials": 0, "questionnaire": [], "display_gate": "off", "record_looks": False}, FIRST),  # 0004
)  # fmt: skip


def hashes(said: Mapping[str, Any]) -> Iterator[str]:
    """What the stored protocol can have been hashed to when its study opened: with its codes, too, as once it was."""
    told = Protocol.model_validate(said).model_dump(mode="json")
    for names in (told.keys(), *_known(said)):
        settings = {name: told[name] for name in names}
        yield digest_of(withheld(settings))
        yield digest_of(settings)


def _known(said: Mapping[str, Any]) -> Iterator[AbstractSet[str]]:
    """Which settings there were when the protocol was stored, as far back as nothing speaks against it."""
    stored = set(said)
    yield stored
    for written, known in _WRITTEN_IN:
        if {name: said.get(name) for name in written} != written:
            return
        stored = stored - written.keys()
        yield known | stored
