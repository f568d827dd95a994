"""The methods sheet of a study: what a paper has to report about it, as Markdown, read from what was stored.

In the order of the reporting clause of ITU-T P.910 (and of BT.500): method, stimuli, subjects and screening, display,
environment, sessions, statistics.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from app import __version__
from app.analysis.adaptive import EXPLORED
from app.clock import now
from app.db import Database
from app.db.models import Outcome, PairKind, Study
from app.results import people
from app.results.options import ReportOptions
from app.results.report import StudyReport
from app.results.sentences import counted
from app.results.session_rows import SessionRow, SessionTable, session_table
from app.studies import inventory, states
from app.studies.inventory import DEGRADED, REFERENCE, TaskStock
from app.studies.pairs import plan
from app.studies.protocol import Protocol
from app.studies.service import protocol_of

_SECRET = {
    f"{end}_{what}" for end in ("completed", "failed", "screened_out") for what in ("code", "url")
}  # and worth money
_VIEWING = {"brightness": "Brightness of screen and room", "acuity": "Visual acuity", "colour_vision": "Colour vision"}


def methods(database: Database, study_id: int, found: StudyReport) -> Iterator[str]:
    """The lines of the sheet; ``found`` is the report whose numbers stand beside it."""
    table = session_table(database, study_id)
    with database.read() as db:
        study = states.find(db, study_id)
        protocol = protocol_of(study)
        stimuli = list(_stimuli(protocol, inventory.load(db, study_id)))
    simulated = study.is_demo and not found.options.people
    rows = [row for row in table.rows if not row.pilot and row.simulated == simulated]
    valid = [row for row in rows if not row.excluded_by and row.work.answered]
    yield from _head(study)
    yield from _section("Method", _method(protocol))
    yield from _section("Stimuli", stimuli)
    yield from _section("Subjects", [*_subjects(rows, valid, simulated), *_questionnaire(table, valid)])
    yield from _section("Display", _display(valid))
    yield from _section("Viewing conditions", _viewing(valid))
    yield from _section("Sessions", _sessions(protocol, valid))
    yield from _section("Statistics", _statistics(found.options, found))
    told = {name: "set" if value and name in _SECRET else value for name, value in study.protocol.items()}
    yield from ("", "## Protocol", "", "```json", json.dumps(told, indent=2, ensure_ascii=False), "```")


def _head(study: Study) -> Iterator[str]:
    yield f"# Methods: {_line(study.title)}"
    yield ""
    yield f"Study {study.id}, {study.state.value}. Written by Beholder {__version__} on {now():%Y-%m-%d %H:%M} UTC."
    yield f"Protocol `{study.protocol_hash or 'not frozen yet'}`, seed {study.seed}."
    if study.is_demo:
        yield "A demonstration: its subjects are programs."


def _section(title: str, lines: Sequence[str] | Iterator[str]) -> Iterator[str]:
    yield from ("", f"## {title}", "")
    for line in lines:
        yield f"- {line}"


def _method(protocol: Protocol) -> Iterator[str]:
    yield (
        "Pair comparison with the reference in view (stimulus comparison): candidate, reference and candidate side by "
        f"side. Question: “{_line(protocol.question)}”"
    )
    yield (
        "Forced choice."
        if not protocol.allow_tie
        else "A choice, or “can’t tell”, which counts as half a win for both."
    )
    yield (
        f"Every subject sees a pair once; {_pairs(protocol)}; the sides are balanced within each pair; no scene twice "
        "in a row."
    )
    if protocol.repeat_percent:
        yield f"{protocol.repeat_percent:g} % of the comparisons came again with sides reversed, and are not counted."
    yield (
        f"{protocol.practice_trials} practice trials, {protocol.dummy_trials} dummy trials after each break; neither "
        "is counted."
    )
    yield (
        f"{protocol.catch_trials} catch trials a session; more than {protocol.catch_failures_allowed} wrong exclude it "
        f"(somebody who clicks at random passes with probability {protocol.catch_pass_probability():.3f})."
    )
    yield from _catch_pairs(protocol)
    yield (
        f"{protocol.blank_ms} ms of grey between trials; answers from {protocol.min_view_ms} ms on, without a limit; "
        f"reference in place {'offered' if protocol.hold_reference else 'not offered'}, flicker "
        f"{'offered' if protocol.flicker else 'not offered'}; zoom and pan locked over the three pictures."
    )


def _pairs(protocol: Protocol) -> str:
    """How the pairs of a session are chosen, in a clause."""
    if not protocol.is_adaptive:
        return "which pairs, so that all are judged equally often by valid subjects"
    return (
        f"which pairs, adaptively: each at least {counted(protocol.adaptive_floor, 'time')}, then those of which the "
        "votes so far expect the most information (maximum spanning trees of the gain under a Laplace approximation; a "
        f"share of {EXPLORED:g} of the places is left to chance; the sampling probability of every trial is stored)"
    )


def _catch_pairs(protocol: Protocol) -> Iterator[str]:
    if not protocol.catch_trials:
        return
    if not protocol.catch_pairs:
        yield "A catch trial shows the reference itself against its degraded input."
        return
    left = sum(not {REFERENCE, DEGRADED} & {pair.better, pair.worse} for pair in protocol.catch_pairs)
    yield (
        f"The catch trials show {counted(len(protocol.catch_pairs), 'pair')} of the experimenter's own choice, one "
        f"picture of each plainly better; {left or 'none'} of them {'is' if left == 1 else 'are'} between two "
        "conditions and therefore left the pairs that are compared and ranked."
    )


def _stimuli(protocol: Protocol, stock: Sequence[TaskStock]) -> Iterator[str]:
    """Scenes and conditions as they are compared; what practice alone shows is told apart."""
    compared = [pair for pair in plan(protocol, stock) if pair.kind is PairKind.TEST]
    for task in stock:
        pairs = [pair for pair in compared if pair.a.task == task.task]
        names = sorted({shown.condition for pair in pairs for shown in (pair.a, pair.b)})
        references = {pair.a.scene: pair.reference for pair in pairs}.values()
        sizes = sorted({(shown.width, shown.height) for shown in references})
        practice = len(set(task.scenes) & set(protocol.practice_scenes))
        yield (
            f"{_line(task.task)}: {counted(len(references), 'scene')} under {counted(len(names), 'condition')} "
            f"({', '.join(_line(name) for name in names)})"
            + (f", and {counted(practice, 'scene')} for practice alone" if practice else "")
            + f"; {_sizes(sizes)}, lossless, served as the bytes that were taken in."
        )


def _sizes(sizes: Sequence[tuple[int, int]]) -> str:
    if not sizes:
        return "no pictures"
    ends = [(edge(w for w, _ in sizes), edge(h for _, h in sizes)) for edge in (min, max)]
    return " to ".join(dict.fromkeys(f"{width} × {height}" for width, height in ends)) + " pixels"


def _subjects(rows: Sequence[SessionRow], valid: Sequence[SessionRow], simulated: bool) -> Iterator[str]:
    who = "simulated session" if simulated else "session"
    outcomes = Counter(row.outcome for row in rows)
    yield (
        f"{counted(len(rows), who)} begun, {outcomes[Outcome.COMPLETED] + outcomes[Outcome.FAILED_CHECKS]} to the end, "
        f"{outcomes[Outcome.SCREENED_OUT]} screened out, {outcomes[Outcome.WITHDRAWN]} withdrawn; "
        f"{len(valid)} valid (with answers that count)."
    )
    rules = Counter(row.excluded_by for row in rows if row.excluded_by)
    told = ", ".join(f"{rule} {count}" for rule, count in sorted(rules.items()))
    yield f"Excluded by rule: {told or 'none'}."
    languages = Counter(row.locale for row in valid)
    if languages:
        told = ", ".join(f"{locale} {count}" for locale, count in languages.most_common() if count >= people.SMALLEST)
        yield f"Language of the pages: {told or 'not shown'}."


def _questionnaire(table: SessionTable, valid: Sequence[SessionRow]) -> Iterator[str]:
    """Of the valid subjects, one line a question."""
    for asked in table.fields:
        yield f"{_line(asked.label)} {people.told(asked, [row.answers.get(asked.name) for row in valid])}."


def _display(valid: Sequence[SessionRow]) -> Iterator[str]:
    screens = [row.screen for row in valid if row.screen]
    if len(screens) < people.SMALLEST:
        yield f"Screens of fewer than {people.SMALLEST} subjects are known, and not shown."
        return
    shares = [row.exact for row in valid if row.exact is not None]
    ratios = [screen.pixel_ratio for screen in screens]
    yield (
        f"One picture pixel on one device pixel, without smoothing, in all trials of "
        f"{sum(share == 1 for share in shares)} of {counted(len(shares), 'subject')} (in {_mean(shares):.1%} of trials "
        "on average)."
    )
    yield f"Device pixels per CSS pixel: {_spread(ratios)}."
    yield f"Width of a pane in device pixels: {_spread([screen.pane_width for screen in screens])}."
    yield f"Height of a pane in device pixels: {_spread([screen.pane_height for screen in screens])}."
    for name, title in (("gamut", "Colour gamut"), ("dynamic_range", "Dynamic range")):
        known = Counter(getattr(screen, name) or "not told" for screen in screens)
        told = ", ".join(f"{value} {count}" for value, count in known.most_common() if count >= people.SMALLEST)
        yield f"{title}, as browsers tell: {told or 'not shown'}."


def _viewing(valid: Sequence[SessionRow]) -> Iterator[str]:
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
            yield f"{title}: {_spread(values)} {unit}."
    if not any(row.viewing[name] for row in valid for name in _VIEWING):
        yield "Not looked at by the pages: describe the room, its light and the screens here."


def _sessions(protocol: Protocol, valid: Sequence[SessionRow]) -> Iterator[str]:
    yield (
        f"At most {protocol.trials_per_session} comparisons a session, in blocks of at most {protocol.block_size}, "
        f"with breaks of at least {protocol.break_minutes:g} min"
        + (f", at most {protocol.sitting_minutes} min of judging a day." if protocol.sitting_minutes else ".")
    )
    if len(valid) >= people.SMALLEST:
        yield f"Minutes of judging: {_spread([row.work.minutes for row in valid])}."
        yield f"Answers per session: {_spread([row.work.answered for row in valid])}."
    if valid:
        first, last = (edge(row.started_at for row in valid) for edge in (min, max))
        yield f"Sessions began between {first:%Y-%m-%d} and {last:%Y-%m-%d}."


def _statistics(options: ReportOptions, found: StudyReport) -> Iterator[str]:
    yield (
        "Bradley-Terry strengths within each scene, with a Gaussian prior of precision "
        f"{options.prior:g} (0 is maximum likelihood); a task's score is the mean over scenes."
    )
    if any(task.adaptive for task in found.tasks):
        yield "Adaptive sampling: the ranking alone; no tests, letters and intervals over scenes, and biased scores."
    else:
        yield (
            f"Paired t-tests over scenes at α = {options.alpha:g}, correction: {options.correction.value}; intervals "
            f"at {options.level:.0%}."
        )
    for task in found.tasks:
        who = "" if task.subjects is None else f" of {counted(task.subjects, 'subject')}"
        yield f"{_line(task.title)}: {counted(int(task.votes), 'vote')}{who} in {counted(task.scenes, 'scene')}."


def _spread(values: Sequence[float]) -> str:
    return f"median {_number(median(values))}, from {_number(min(values))} to {_number(max(values))}"


def _number(value: float) -> str:
    """Three digits, or whole."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _line(text: str) -> str:
    """The text in one line in which no sign means anything to Markdown."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]<>#|" else sign for sign in " ".join(text.split()))
