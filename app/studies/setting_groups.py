"""Which settings of a protocol belong together, in the order of the pages and of study files."""

from collections.abc import Mapping
from types import MappingProxyType

from app.studies.protocol import Protocol

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "Length": (
        "trials_per_session", "judgements_per_pair", "block_size", "break_minutes", "sitting_minutes", "rest_hours",
    ),
    "The trial": ("allow_tie", "hold_reference", "flicker", "blank_ms", "min_view_ms"),
    "Practice": (
        "practice_trials", "practice_pass", "practice_attempts", "dummy_trials", "practice_scenes",
    ),
    "Which pairs": ("sampling", "adaptive_floor"),
    "Attention": ("catch_trials", "catch_failures_allowed", "repeat_percent", "catch_pairs"),
    "Screen and room": ("display_gate", "gate_pixels", "record_looks", "viewing", "viewing_rule"),
    "What subjects read": ("question", "consent_text", "instructions"),
    "What subjects are asked": ("questionnaire",),
    "In which languages": ("languages", "translations"),
    "How many": ("target_sessions", "public_quota"),
    "The end": (
        "completed_code", "failed_code", "screened_out_code", "completed_url", "failed_url", "screened_out_url",
    ),
    "Analysis plan": (
        "plan", "plan_test", "plan_alpha", "plan_correction", "plan_interval", "plan_prior", "plan_ties",
        "plan_include_excluded", "plan_without_flagged", "plan_interim", "plan_primary",
    ),
})  # fmt: skip


def grouped() -> dict[str, tuple[str, ...]]:
    """The names of all settings by group; what no group names stands under "More", so that none is forgotten."""
    named = {name for names in GROUPS.values() for name in names}
    more = tuple(name for name in Protocol.model_fields if name not in named)
    return dict(GROUPS) | ({"More": more} if more else {})
