"""The methods sheet on the screening of subjects: flags with their rules, and how far subjects agree."""

from collections.abc import Iterator

from app.analysis.split_half import SPLITS
from app.results.bibliography import cite
from app.results.report import StudyReport
from app.results.sentences import counted
from app.results.subject_agreement import SEED
from app.results.subject_flags import Flag

_SOURCES = {Flag.SLOPE: f" {cite('firth1993')}", Flag.LIKELIHOOD: f" {cite('perezortiz2017')}"}


def screening_lines(found: StudyReport) -> Iterator[str]:
    """Which flags there are and whom they hit; nothing where nobody says who answered."""
    subjects = found.subjects
    if subjects is None or not subjects.rows:
        return
    yield (
        "All subjects whose votes count were screened by flags that look at different things. Nobody is excluded by a "
        "flag: somebody is proposed for exclusion by the slope, by catch trials, or by two flags together."
    )
    for rule in subjects.rules:
        words = f"{rule.words[0].upper()}{rule.words[1:]}"
        yield f"{words}{_SOURCES.get(rule.flag, '')}: {rule.rule}. Flagged: {counted(rule.flagged, 'subject')}."
    proposed = len(subjects.proposed)
    are = "is" if proposed == 1 else "are"
    done = f"{are} left out of what is reported here" if found.options.without_flagged else f"{are} counted here"
    yield f"Proposed for exclusion: {counted(proposed, 'subject')}" + (f", who {done}." if proposed else ".")
    yield (
        f"How far subjects agree with each other is told by the correlation of scores between halves of them ({SPLITS} "
        f"splits, seed {SEED}, Spearman–Brown {cite('spearman1910', 'brown1910')}) and, where the design allows it, by "
        f"Kendall’s u {cite('kendall1940')}."
    )
