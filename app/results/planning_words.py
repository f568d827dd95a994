"""A plan in sentences: how wide intervals are, what a wished width takes, and what limits it."""

from app.analysis.design import Needed, Parts
from app.results.planning import TaskOutlook
from app.results.sentences import counted

_TYPICAL = "Half of a typical interval for a score, any subjects and any scenes,"


def outlook_in_words(outlook: TaskOutlook) -> str:
    """What the wished half-width takes, said plainly where more subjects cannot bring it."""
    if outlook.adaptive:
        return (
            "Sampling is adaptive: the votes give an order and no interval, so there is no width to outlook. What they "
            "join is told below."
        )
    if outlook.parts is None or outlook.needed is None:
        return (
            "Intervals for any subjects and any scenes cannot be planned from these votes: that takes three scenes and "
            "three subjects, named, with votes on all conditions."
        )
    return _takes(outlook, outlook.parts, outlook.needed)


def origin_in_words(outlook: TaskOutlook) -> str:
    """How wide the intervals are now, and where their width comes from; empty without parts."""
    parts = outlook.parts
    if parts is None:
        return ""
    now = (
        f"{_TYPICAL} is ±{outlook.half_width:.2f} logits now ({100 * outlook.level:g} %), with "
        f"{counted(parts.subjects, 'subject')} and {counted(parts.scenes, 'scene')}."
    )
    whole = parts.of_subjects + parts.of_scenes + parts.of_votes
    if not whole:
        return f"{now} The scores vary neither between subjects nor between scenes."
    subjects, scenes = (round(100 * part / whole) for part in (parts.of_subjects, parts.of_scenes))
    return (
        f"{now} Of its variance {subjects} % is how subjects differ, {scenes} % how scenes differ, and "
        f"{100 - subjects - scenes} % chance in single votes; more subjects leave the scenes' part as it is."
    )


def _takes(outlook: TaskOutlook, parts: Parts, needed: Needed) -> str:
    wish, level = f"±{needed.half_width:g}", outlook.level
    if needed.subjects is not None and needed.subjects <= parts.subjects:
        return f"{wish} is reached already; {counted(needed.subjects, 'subject')} would do."
    if needed.subjects is not None:
        more = needed.subjects - parts.subjects
        votes = counted(round(outlook.votes * more / parts.subjects), "vote")
        return f"{wish} takes {counted(needed.subjects, 'subject')} with these scenes: {more} more, about {votes} more."
    limit = (
        f"No number of subjects brings {wish}: the scenes limit it. With {counted(parts.scenes, 'scene')} half "
        f"an interval stays above ±{parts.with_endless_subjects(level):.2f}, as conditions differ from scene to scene."
    )
    if needed.scenes is not None:
        return (
            f"{limit} {counted(needed.scenes, 'scene')} would do with these subjects, who then judge as many pairs of "
            f"each{_both(needed)}."
        )
    least = parts.with_endless_scenes(level)
    return f"{limit} Nor do scenes alone: these subjects stay above ±{least:.2f}{_both(needed)}."


def _both(needed: Needed) -> str:
    if needed.both is None:
        return ""
    subjects, scenes = needed.both
    return f"; or {counted(subjects, 'subject')} and {counted(scenes, 'scene')} together"
