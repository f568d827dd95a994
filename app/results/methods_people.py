"""The methods sheet on those who judged: who they were, what they saw, agreed to and were told."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from app.db.models import Outcome, Service
from app.results import people
from app.results.methods_text import Line, authors, plain, spread
from app.results.sentences import counted
from app.results.session_rows import SessionRow, SessionTable
from app.studies.fields import Gate, ViewingRule
from app.studies.protocol import Protocol

_VIEWING = {"brightness": "Brightness of screen and room", "acuity": "Visual acuity", "colour_vision": "Colour vision"}
_GATE = {
    Gate.REQUIRE: "A session waited until the window held three panes at 1:1 and pixels were exact.",
    Gate.ADVISE: "Whoever had a window too small for three panes at 1:1, or inexact pixels, was told and could go on.",
    Gate.OFF: "Screens were not checked before the first trial.",
}


def subject_lines(
    table: SessionTable, rows: Sequence[SessionRow], valid: Sequence[SessionRow], *, simulated: bool
) -> Iterator[str | Line]:
    """How many began, how many are valid and why the others are not, and what the valid ones said of themselves."""
    who = "simulated session" if simulated else "session"
    outcomes = Counter(row.outcome for row in rows)
    yield (
        f"{counted(len(rows), who)} begun, {outcomes[Outcome.COMPLETED] + outcomes[Outcome.FAILED_CHECKS]} to the end, "
        f"{outcomes[Outcome.SCREENED_OUT]} screened out, {outcomes[Outcome.WITHDRAWN]} withdrawn; "
        f"{len(valid)} valid (with answers that count)."
    )
    rules = Counter(row.excluded_by for row in rows if row.excluded_by)
    told = ", ".join(f"{plain(rule)} {count}" for rule, count in sorted(rules.items()))
    yield f"Excluded by rule: {told or 'none'}."
    languages = Counter(row.locale for row in valid)
    if languages:
        told = ", ".join(f"{locale} {count}" for locale, count in languages.most_common() if count >= people.SMALLEST)
        yield f"Language of the pages: {told or 'not shown'}."
    for asked in table.fields:
        said = people.told(asked, [row.answers.get(asked.name) for row in valid])
        yield f"Asked “{plain(asked.label)}”: {said}."
    if not simulated:
        yield authors("how subjects were found, and what relation they have to the authors.")


def recruitment_lines(services: Mapping[Service, int]) -> Iterator[str | Line]:
    """Who sent subjects, and what only the authors know about their pay."""
    for service, count in sorted(services.items()):
        number = str(count) if count >= people.SMALLEST else f"fewer than {people.SMALLEST}"
        yield f"Recruited through {_SERVICES[service]}: {number} of the valid subjects."
    yield authors("how much subjects were paid, or that they were not, and whether pay depended on catch trials.")


def consent_lines(protocol: Protocol, texts: int) -> Iterator[str | Line]:
    """What subjects agreed to and read before they began."""
    if texts:
        yield (
            "Every subject agreed to a text before the first trial, and its exact words are stored with the agreement "
            f"({counted(texts, 'wording')} among the valid sessions, translations included)."
        )
    else:
        yield "No agreement is stored for the valid sessions."
    yield (
        "Subjects could withdraw at any time; a withdrawal excludes the answers for good and erases what is personal."
    )
    yield "The protocol below holds the text of the consent, the instructions and the questionnaire."
    if protocol.translations:
        yield f"The authors' own texts were also written in these languages: {', '.join(protocol.translations)}."
    yield f"Instructions: “{plain(protocol.instructions)}”"
    yield authors("the ethics board that approved the study and the number of its decision, or why none was needed.")


def vision_lines(protocol: Protocol, valid: Sequence[SessionRow]) -> Iterator[str | Line]:
    """What was looked at of subjects’ eyes and rooms."""
    looked = any(row.viewing[name] for row in valid for name in _VIEWING)
    if looked and protocol.viewing:
        rule = "recorded" if protocol.viewing_rule is ViewingRule.RECORD else "screened out"
        yield f"Whoever did not pass a viewing condition was {rule}."
    for name, title in _VIEWING.items():
        looks = Counter(row.viewing[name] for row in valid if row.viewing[name])
        if looks.total() >= people.SMALLEST:
            yield f"{title}: passed by {looks['passed']} of {looks.total()}."
    for name, title, unit in (
        ("distance_mm", "Viewing distance", "mm"),
        ("px_per_degree", "Resolution", "px per degree"),
    ):
        values = [float(row.viewing[name]) for row in valid if row.viewing[name] is not None]
        if len(values) >= people.SMALLEST:
            yield f"{title}: {spread(values)} {unit}."
    if not looked:
        yield authors("whether acuity and colour vision were tested, and how; the pages did not look at them.")


def display_lines(protocol: Protocol, valid: Sequence[SessionRow]) -> Iterator[str | Line]:
    """On what screens the pictures were seen, and what no page can know of screens and rooms."""
    yield _GATE[protocol.display_gate]
    screens = [row.screen for row in valid if row.screen]
    if len(screens) < people.SMALLEST:
        yield f"Screens of fewer than {people.SMALLEST} subjects are known, and not shown."
    else:
        yield from _screens(valid)
    yield authors(
        "the room (light, noise, supervision), the screens (make, size, luminance, calibration) and the viewing "
        "distance, or that subjects used their own screens at home."
    )


def _screens(valid: Sequence[SessionRow]) -> Iterator[str]:
    screens = [row.screen for row in valid if row.screen]
    shares = [row.exact for row in valid if row.exact is not None]
    yield (
        "One picture pixel on one device pixel, without smoothing, in all trials of "
        f"{sum(share == 1 for share in shares)} of {counted(len(shares), 'subject')} (in "
        f"{sum(shares) / len(shares):.1%} of trials on average)."
    )
    yield f"Device pixels per CSS pixel: {spread([screen.pixel_ratio for screen in screens])}."
    yield f"Width of a pane in device pixels: {spread([screen.pane_width for screen in screens])}."
    yield f"Height of a pane in device pixels: {spread([screen.pane_height for screen in screens])}."
    for name, title in (("gamut", "Colour gamut"), ("dynamic_range", "Dynamic range")):
        known = Counter(getattr(screen, name) or "not told" for screen in screens)
        told = ", ".join(f"{value} {count}" for value, count in known.most_common() if count >= people.SMALLEST)
        yield f"{title}, as browsers tell: {told or 'not shown'}."


_SERVICES = {Service.PROLIFIC: "Prolific", Service.MTURK: "Amazon Mechanical Turk", Service.SONA: "SONA"}
