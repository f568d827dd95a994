"""What the parts of a study's results share: the row of switches, and the way from part to part."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.analysis.alignment import Incomplete
from app.analysis.davidson import Ties
from app.analysis.intervals import Interval
from app.analysis.significance import Correction, PairTest
from app.db.models import StudyState
from app.results.tally import scenes_of
from app.web.admin.study_head import head, study_page
from app.web.downloads import Choice
from app.web.pages import Context

# Each part is a page of its own, so that none waits for what another one works out; the first has the bare address.
PARTS = {
    "ranking": "Ranking",
    "scenes": "Scenes",
    "certainty": "Certainty",
    "agreement": "Agreement",
    "subjects": "Subjects",
    "planning": "Planning",
    "methods": "Methods",
}


def results_page(
    request: Request,
    use: Context,
    study_id: int,
    part: str,
    chosen: Choice,
    *,
    within: str = "",
    status: int = 200,
    **values: Any,
) -> Response:
    """One part of the results: ``templates/admin/results_<part>.html`` below the switches.

    A page that is no part of its own lies ``within`` one.
    """
    above = head(use, study_id)
    return study_page(
        request,
        above,
        "results",
        status=status,
        template=f"admin/results_{part}.html",
        problem="",
        part=within or part,
        parts=PARTS,
        chosen=chosen,
        corrections=_CORRECTIONS,
        intervals=_INTERVALS,
        offered=scenes_of(use.database, study_id),
        pair_tests=_TESTS,
        ties=_TIES,
        incompletes=_INCOMPLETE,
        has_no_results=above.study.state in (StudyState.DRAFT, StudyState.PILOT),
        **values,
    )


_CORRECTIONS = {
    Correction.NONE: "none (as published)",
    Correction.HOLM: "Holm",
    Correction.BH: "Benjamini–Hochberg",
}
_TESTS = {
    PairTest.T: "paired t (as published)",
    PairTest.WILCOXON: "Wilcoxon",
    PairTest.TWO_WAY: "clustered both ways",
}
_TIES = {Ties.HALF: "half a win for both", Ties.DAVIDSON: "answers of their own (Davidson)"}
_INCOMPLETE = {Incomplete.LEAVE_OUT: "left out", Incomplete.ALIGN: "aligned (a ranking alone)"}
_INTERVALS = {
    Interval.TWO_WAY: "any subjects, any scenes",
    Interval.SUBJECTS: "any subjects, these scenes",
    Interval.SCENES: "these subjects, any scenes",
    Interval.VOTES: "votes like these",
    Interval.FISHER: "votes like these (Fisher)",
}
