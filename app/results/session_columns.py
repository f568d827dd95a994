"""The columns of ``sessions.csv``; a study adds one for each question of its questionnaire, ``q_`` and the name."""

from collections.abc import Iterable, Sequence

from app.results.column import Column
from app.studies.fields import Asked

SESSIONS = (
    Column("session", "integer", "", "Number of the session.", "12"),
    Column("subject", "text", "", "The subject's label within the study.", "7"),
    Column(
        "outcome", "text", "",
        "How it ended: `completed`, `failed_checks`, `screened_out`, `withdrawn`, or `under way`.", "completed",
    ),
    Column("excluded", "yes/no", "", "Whether the session was excluded when the file was downloaded.", "no"),
    Column("rule", "text", "", "The rule that it is excluded by; empty where it is not.", "catch"),
    Column("pilot", "yes/no", "", "Whether it came by the pilot link; such sessions never count.", "no"),
    Column("simulated", "yes/no", "", "Whether the subject is a program.", "no"),
    Column("locale", "text", "", "Language of its pages.", "de"),
    Column("started_at", "time", "UTC", "When it began, ISO 8601.", "2026-03-02T13:58:11.004+00:00"),
    Column(
        "completed_at", "time", "UTC", "When it ended; empty while it may go on.", "2026-03-02T14:41:30.880+00:00"
    ),
    Column("minutes", "number", "min", "Time spent on answers, practice and pauses apart.", "38.2"),
    Column("answered", "integer", "votes", "Answers given, without practice and without pairs given back.", "505"),
    Column("planned", "integer", "trials", "Trials of the whole session, practice apart.", "505"),
    Column("catch_answered", "integer", "votes", "Answers to catch trials.", "5"),
    Column("catch_failed", "integer", "votes", "Wrong answers to catch trials; a tie is one.", "0"),
    Column(
        "pixel_ratio", "number", "", "Device pixels per CSS pixel on the screen of most of its trials.", "1.25"
    ),
    Column("pane_width", "integer", "px", "Width of each pane there, in device pixels.", "620"),
    Column("pane_height", "integer", "px", "Height of each pane there, in device pixels.", "780"),
    Column("gamut", "text", "", "Colours of that screen as its browser tells: `srgb`, `p3` or `rec2020`.", "srgb"),
    Column("dynamic_range", "text", "", "Brightness range of that screen: `standard` or `high`.", "standard"),
    Column("exact", "number", "", "Share of its trials that were shown pixel by pixel at 1:1.", "1"),
    Column("px_per_mm", "number", "px/mm", "Device pixels per millimetre, by a bank card on the screen.", "3.78"),
    Column("distance_mm", "number", "mm", "Viewing distance.", "600"),
    Column("px_per_degree", "number", "px/°", "Device pixels per degree of the visual field.", "39.6"),
    Column("distance_by", "text", "", "How the distance was found: `ruler`, `blind spot` or `unknown`.", "ruler"),
    Column("brightness", "text", "", "Brightness of screen and room: `passed`, `failed` or `not done`.", "passed"),
    Column("acuity", "text", "", "Visual acuity: `passed`, `failed` or `not done`.", "passed"),
    Column("acuity_logmar", "number", "logMAR", "The smallest ring whose gap was seen.", "0.1"),
    Column("acuity_gap_px", "number", "px", "Width of that gap, in device pixels.", "2"),
    Column("colour_vision", "text", "", "Colour plates: `passed`, `failed` or `not done`.", "passed"),
    Column("events", "integer", "lines", "Lines of its event log.", "1538"),
    Column(
        "log_head", "text", "", "Hash of the last of them, which vouches for all: the log is a chain.",
        "9c1185a5c5e9fc54612808977ee8f548b2258d314e07408562bedb8b60ce05c1",
    ),
)  # fmt: skip


def question_columns(fields: Iterable[Asked]) -> Sequence[Column]:
    """A column for each question of a study's questionnaire."""
    return [Column(f"q_{one.name}", "text", "", one.label, "") for one in fields]
