"""The methods sheet on what was shown and asked: the test method, the stimuli, order and sessions."""

from collections import Counter
from collections.abc import Iterator, Sequence

from app.analysis.adaptive import EXPLORED
from app.catalog import MEASURES, TASKS
from app.db.models import PairKind
from app.results import people
from app.results.bibliography import cite
from app.results.measure_references import OF_MEASURES
from app.results.methods_text import Line, authors, plain, spread
from app.results.plan import day
from app.results.sentences import counted, listed
from app.results.session_rows import SessionRow
from app.studies.inventory import DEGRADED, REFERENCE, Shown, TaskStock
from app.studies.pairs import plan
from app.studies.protocol import Protocol


def method_lines(protocol: Protocol) -> Iterator[str]:
    """How a judgement is made."""
    yield (
        f"Pair comparison with the reference in view, as in the protocol of Ding et al. {cite('ding2021')}: candidate, "
        "reference and candidate stand side by side. It is a stimulus-comparison method in the sense of ITU-T P.910 "
        f"and ITU-R BT.500 {cite('itup910', 'itubt500')}."
    )
    yield f"Question above every trial: “{plain(protocol.question)}”"
    yield (
        "Answers: left or right, a forced choice."
        if not protocol.allow_tie
        else "Answers: left, right, or “can’t tell”, which counts as half a win for both."
    )
    least = f"no answer before {protocol.min_view_ms} ms" if protocol.min_view_ms else "no minimum viewing time"
    yield f"{protocol.blank_ms} ms of plain grey between two trials; {least}, and no time limit."
    yield (
        "One picture pixel on one device pixel at 1:1, nearest-neighbour magnification above; zoom and pan are locked "
        f"over the three pictures. {_in_place(protocol)}"
    )


def _in_place(protocol: Protocol) -> str:
    """How the reference could be seen where the candidates stand."""
    ways = [
        *(["show the reference in place of both candidates"] if protocol.hold_reference else []),
        *(["let each candidate alternate with it"] if protocol.flicker else []),
    ]
    return f"Subjects could {' and '.join(ways)}." if ways else "The reference could not be shown in their place."


def stimulus_lines(protocol: Protocol, stock: Sequence[TaskStock]) -> Iterator[str | Line]:
    """Sources and processing, as they are compared; what practice alone shows is told apart."""
    compared = [pair for pair in plan(protocol, stock) if pair.kind is PairKind.TEST]
    for task in stock:
        pairs = [pair for pair in compared if pair.a.task == task.task]
        shown = {one.id: one for pair in pairs for one in (pair.a, pair.b)}
        references = {pair.a.scene: pair.reference for pair in pairs}.values()
        names = sorted({one.condition for one in shown.values()})
        practice = len(set(task.scenes) & set(protocol.practice_scenes))
        yield (
            f"{_title(task.task)}: {counted(len(references), 'scene')} (source pictures) under "
            f"{counted(len(names), 'condition')} ({', '.join(plain(name) for name in names)}), "
            f"{counted(len(shown), 'stimulus').replace('stimuluss', 'stimuli')} and {counted(len(pairs), 'pair')}"
            + (f"; {counted(practice, 'scene')} more for practice alone" if practice else "")
            + f". Pictures of {_sizes(sorted({(one.width, one.height) for one in references}))}."
        )
        yield from _origin(task, list(shown.values()))
    named = sorted({one.condition for pair in compared for one in (pair.a, pair.b)} & OF_MEASURES.keys())
    if named:
        told = [f"{name} ({MEASURES[name].name}) {cite(OF_MEASURES[name])}" for name in named]
        yield f"Conditions that bear the name of a measure: {listed(told)}."
    yield "All pictures are 8-bit PNG files, compressed without loss and served as the bytes that were taken in."
    yield authors(
        "where the source pictures come from, how they were chosen, their licences, and what else each condition is "
        "(version, settings, training data)."
    )


def design_lines(protocol: Protocol, seed: int) -> Iterator[str]:
    """Order, sides, repetition, training and checks."""
    yield (
        f"Each subject judges a pair once. {_choice(protocol)} The order is random within that rule, and no scene "
        "follows itself where that can be avoided."
    )
    yield "Sides are balanced within each pair: the condition that stood on the left less often stands there next."
    if protocol.is_adaptive:
        yield f"Seed of the study: {seed}; the order follows from it and from the votes before."
    else:
        yield f"Every order follows from the seed of the study ({seed}) and can be computed again."
    if protocol.repeat_percent:
        yield (
            f"{protocol.repeat_percent:g} % of the comparisons came again with sides exchanged; they measure "
            "consistency and enter no ranking."
        )
    yield from _training(protocol)
    if protocol.catch_trials:
        yield (
            f"{counted(protocol.catch_trials, 'catch trial')} in each session; a session with more than "
            f"{counted(protocol.catch_failures_allowed, 'wrong answer')} to them is excluded. Somebody who clicks at "
            f"random passes with probability {protocol.catch_pass_probability():.3f}."
        )
        yield from _catch_pairs(protocol)
    else:
        yield "No catch trials."


def session_lines(protocol: Protocol, pairs: int, valid: Sequence[SessionRow]) -> Iterator[str | Line]:
    """How long people judged, and when."""
    enforced = (
        f"with breaks of at least {protocol.break_minutes:g} min"
        if protocol.break_minutes
        else "with a break offered between blocks and none enforced"
    )
    yield (
        f"At most {protocol.trials_per_session} comparisons a session, in blocks of at most {protocol.block_size}, "
        f"{enforced}"
        + (f"; at most {protocol.sitting_minutes} min of judging a day." if protocol.sitting_minutes else ".")
    )
    yield "A session may be left at any time and resumed at the same trial, on another day too."
    comparisons = protocol.comparisons(pairs)
    yield (
        f"Sample size: every pair was to be judged {counted(protocol.judgements_per_pair, 'time')}, for which "
        f"{counted(protocol.sessions_needed(pairs), 'valid session')} of {counted(comparisons, 'comparison')} were "
        "wanted."
    )
    yield authors("why this sample size was chosen, and what ended the study.")
    if len(valid) >= people.SMALLEST:
        yield f"Minutes of judging per session, pauses apart: {spread([row.work.minutes for row in valid])}."
        yield f"Answers per session: {spread([row.work.answered for row in valid])}."
        seconds = [60 * row.work.minutes / row.work.answered for row in valid if row.work.answered]
        yield f"Seconds per answer, mean of each session: {spread(seconds)}."
    if valid:
        first, last = (edge(row.started_at for row in valid) for edge in (min, max))
        when = f"on {day(first)}" if day(first) == day(last) else f"between {day(first)} and {day(last)}"
        yield f"Valid sessions began {when} (UTC)."


def _origin(task: TaskStock, shown: Sequence[Shown]) -> Iterator[str]:
    """What made the pictures, as far as Beholder did."""
    rendered = Counter(one.condition for one in shown if one.job is not None)
    if rendered:
        known = TASKS.get(task.task)
        degraded = f" Input: {known.degradation}." if known else ""
        yield (
            f"{_title(task.task)}: the pictures of {listed([plain(name) for name in sorted(rendered)])} were rendered "
            f"by networks that Beholder trained, one for each objective; job, recipe hash and checkpoint are stored."
            f"{degraded}"
        )


def _choice(protocol: Protocol) -> str:
    """How the pairs of a session are chosen."""
    if not protocol.is_adaptive:
        return "The pairs that valid subjects have judged least often come first, so that all are judged equally often."
    return (
        f"Pairs are chosen adaptively: each at least {counted(protocol.adaptive_floor, 'time')}, then those of which "
        f"the votes so far expect the most information {cite('lindley1956')}: maximum spanning trees of the gain under "
        f"a Laplace approximation {cite('li2018')}. A share of {EXPLORED:g} of the places is left to chance. Pairs are "
        f"drawn systematically {cite('madow1949')}, and the sampling probability of every trial is stored."
    )


def _training(protocol: Protocol) -> Iterator[str]:
    if protocol.practice_trials:
        kept = "scenes of their own" if protocol.practice_scenes else "references against degraded inputs"
        passed = (
            f"; {protocol.practice_pass} right answers were required, in {protocol.practice_attempts} attempts at most"
            if protocol.practice_pass
            else ""
        )
        yield f"Training: {counted(protocol.practice_trials, 'practice trial')} on {kept}, never counted{passed}."
    else:
        yield "Training: none."
    if protocol.dummy_trials:
        yield (
            f"After each break, {counted(protocol.dummy_trials, 'stabilizing trial')} {cite('itubt500')}, not counted."
        )


def _catch_pairs(protocol: Protocol) -> Iterator[str]:
    if not protocol.catch_pairs:
        yield "A catch trial shows the reference itself against its degraded input."
        return
    left = sum(not {REFERENCE, DEGRADED} & {pair.better, pair.worse} for pair in protocol.catch_pairs)
    yield (
        f"The catch trials show {counted(len(protocol.catch_pairs), 'pair')} of the experimenter’s own choice, one "
        f"picture of each plainly better; {left or 'none'} of them {'is' if left == 1 else 'are'} between two "
        "conditions and therefore left the pairs that are compared and ranked."
    )


def _title(task: str) -> str:
    """As the results call the task."""
    return TASKS[task].title if task in TASKS else plain(task)


def _sizes(sizes: Sequence[tuple[int, int]]) -> str:
    if not sizes:
        return "no size yet"
    ends = [(edge(w for w, _ in sizes), edge(h for _, h in sizes)) for edge in (min, max)]
    return " to ".join(dict.fromkeys(f"{width}\u00a0×\u00a0{height}" for width, height in ends)) + " pixels"
