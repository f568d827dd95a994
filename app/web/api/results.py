"""Results over the API: the rankings as they stand, every table as CSV, and the figures."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response, StreamingResponse

from app.analysis.alignment import Incomplete
from app.analysis.intervals import Interval
from app.analysis.significance import Correction
from app.results.columns import TABLES
from app.results.figures import NoSuchFigure
from app.results.judgements import Counted
from app.results.options import BadOptions
from app.results.report import report
from app.results.task_report import TaskReport
from app.studies.states import StudyNotFound
from app.web.analysis_turns import IN_TURN, TooManyAnalyses
from app.web.api.model_shapes import SIDE, LeftOutTold, SideTold, left_out_told
from app.web.api.route import ResultsRoute, opens
from app.web.api.shapes import MOMENT, Told, example
from app.web.api.told_columns import told_column as _column
from app.web.downloads import (
    FIGURE_TYPES,
    Chosen,
    Drawn,
    Flagged,
    NoSuchTable,
    attached,
    figure_reply,
    table_chunks,
)
from app.web.methods_files import SHEET_TYPES, SheetForm, sheet_file
from app.web.pages import Ctx, Id
from app.web.tokens import Scope

router = APIRouter(route_class=ResultsRoute, tags=["results"], dependencies=[IN_TURN])
_READ = Scope.RESULTS_READ
_ROW = {
    "condition": "ms_ssim", "rank": 1, "score": 0.83, "low": 0.61, "high": 1.05, "letters": "a", "wins": 431.5,
    "votes": 600, "stderr": 0.11, "jod": 0.74, "position": "sum zero",
}  # fmt: skip
_SCENE = {
    "scene": "coffee-1", "condition": "ms_ssim", "score": 0.71, "stderr": 0.2, "wins": 21.5, "votes": 30,
    "left_out": "", "component": None,
}  # fmt: skip
_PAIR = {
    "condition_a": "ms_ssim", "condition_b": "mae", "difference": 0.44, "t": 5.1, "df": 19, "p": 0.00006,
    "p_holm": 0.0002, "p_bh": 0.0001, "distinguishable": True, "p_wilcoxon": 0.0001, "p_wilcoxon_holm": 0.0003,
    "p_wilcoxon_bh": 0.0002, "p_two_way": 0.0004, "p_two_way_holm": 0.0012, "p_two_way_bh": 0.0006,
}  # fmt: skip
_INTERVAL = {
    "condition": "ms_ssim", "kind": "two_way", "low": 0.61, "high": 1.05, "stderr": 0.11, "df": 19, "level": 0.95,
    "generalises_to": "any subjects, any scenes",
}  # fmt: skip
_TASK = {
    "task": "denoise", "title": "Denoising", "sentence": "ms_ssim is ahead of mae.", "tests": "", "controls": "",
    "notes": [], "ranking": [_ROW], "scores_by_scene": [_SCENE], "pairs": [_PAIR], "boxes": [["ms_ssim"]], "scenes": 20,
    "scenes_left_out": 0, "subjects": 25, "votes": 1800, "counted": "people", "excluded_counted": False,
    "interval": "two_way", "generalises_to": "any subjects, any scenes", "intervals": [_INTERVAL], "adaptive": False,
    "aligned": False, "side_bias": SIDE, "nu": None, "left_out": [],
}  # fmt: skip


class RankTold(Told):
    """One condition's place in its task's ranking."""

    model_config = example(_ROW)

    condition: str = _column("rankings", "condition")
    rank: int = _column("rankings", "rank")
    score: float = _column("rankings", "score")
    low: float | None = _column("rankings", "low")
    high: float | None = _column("rankings", "high")
    letters: str = _column("rankings", "letters")
    wins: float = _column("rankings", "wins")
    votes: int = _column("rankings", "votes")
    stderr: float | None = _column("rankings", "stderr")
    jod: float | None = _column("rankings", "jod")
    position: str = _column("rankings", "position")


class SceneScore(Told):
    """One condition's strength in one scene."""

    model_config = example(_SCENE)

    scene: str = _column("scores_by_scene", "scene")
    condition: str = _column("scores_by_scene", "condition")
    score: float | None = _column("scores_by_scene", "score")
    stderr: float | None = _column("scores_by_scene", "stderr")
    wins: float = _column("scores_by_scene", "wins")
    votes: int = _column("scores_by_scene", "votes")
    left_out: str = _column("scores_by_scene", "left_out")
    component: int | None = _column("scores_by_scene", "component")


class PairedTest(Told):
    """What the paired test says about two conditions, the higher ranked first."""

    model_config = example(_PAIR)

    condition_a: str = _column("significance", "condition_a")
    condition_b: str = _column("significance", "condition_b")
    difference: float = _column("significance", "difference")
    t: float | None = _column("significance", "t")
    df: int = _column("significance", "df")
    p: float | None = _column("significance", "p")
    p_holm: float | None = _column("significance", "p_holm")
    p_bh: float | None = _column("significance", "p_bh")
    distinguishable: bool = _column("significance", "distinguishable")
    p_wilcoxon: float | None = _column("significance", "p_wilcoxon")
    p_wilcoxon_holm: float | None = _column("significance", "p_wilcoxon_holm")
    p_wilcoxon_bh: float | None = _column("significance", "p_wilcoxon_bh")
    p_two_way: float | None = _column("significance", "p_two_way")
    p_two_way_holm: float | None = _column("significance", "p_two_way_holm")
    p_two_way_bh: float | None = _column("significance", "p_two_way_bh")


class IntervalTold(Told):
    """One kind of interval around one condition's score."""

    model_config = example(_INTERVAL)

    condition: str = _column("intervals", "condition")
    kind: Interval = _column("intervals", "kind")
    low: float = _column("intervals", "low")
    high: float = _column("intervals", "high")
    stderr: float = _column("intervals", "stderr")
    df: int | None = _column("intervals", "df")
    level: float = _column("intervals", "level")
    generalises_to: str = _column("intervals", "generalises_to")


class TaskResults(Told):
    """A task's ranking and what is behind it; where nothing can be ranked, `sentence` says why."""

    model_config = example(_TASK)

    task: str = _column("rankings", "task")
    title: str = Field(description="The task's name as pages show it.")
    sentence: str = Field(description="The ranking in one English sentence, or why nothing is ranked.")
    tests: str = Field(description="The test behind the sentence, in a clause; empty without one.")
    controls: str = Field(description="Which error the rule keeps at its level, and which it does not.")
    notes: list[str] = Field(
        description="What a reader of the ranking should know: scenes and votes left out, cautions."
    )
    ranking: list[RankTold] = Field(description="The conditions, the best first; as in rankings.csv.")
    scores_by_scene: list[SceneScore] = Field(description="As in scores_by_scene.csv.")
    pairs: list[PairedTest] = Field(description="As in significance.csv.")
    boxes: list[list[str]] = Field(
        description="Runs of the ranking within which no two conditions can be told apart; a letter each."
    )
    scenes: int = _column("rankings", "scenes")
    scenes_left_out: int = Field(description="Scenes that take no part, for the reason in scores_by_scene.")
    subjects: int | None = _column("rankings", "subjects")
    votes: int = Field(description="Votes in the scenes that take part.")
    counted: Counted | None = _column("rankings", "counted")
    excluded_counted: bool | None = _column("rankings", "excluded_counted")
    interval: Interval | None = _column("rankings", "interval")
    generalises_to: str | None = _column("rankings", "generalises_to")
    intervals: list[IntervalTold] = Field(description="Every kind of interval beside each other; as in intervals.csv.")
    adaptive: bool = Field(description="Whether votes decided which pairs were asked: a ranking alone, without tests.")
    aligned: bool = Field(
        description="Whether incomplete scenes were put on one scale: a ranking alone, without tests."
    )
    side_bias: SideTold | None = Field(description="The preference for a side; null where votes do not tell it.")
    nu: float | None = _column("rankings", "nu")
    left_out: list[LeftOutTold] = Field(description="The scenes that take no part, and what they fall into.")


class ResultsTold(Told):
    """The results of a study under the chosen options."""

    model_config = example(
        {
            "alpha": 0.05, "correction": "none", "excluded": False, "flagged": "counted", "people": False,
            "level": 0.95, "prior": 0.1, "incomplete": "leave_out",
            "plan_frozen_at": MOMENT, "deviations": ["correction Holm instead of none"], "scenes": [],
            "tasks": [_TASK],
        }
    )  # fmt: skip

    alpha: float = _column("rankings", "alpha")
    correction: Correction = _column("rankings", "correction")
    excluded: bool = Field(description="Whether votes of excluded sessions count, too.")
    flagged: Flagged = Field(description="Whether subjects whom the flags propose to exclude are counted or left out.")
    people: bool = Field(description="Whether the people who tried a demonstration count, not its simulated subjects.")
    level: float = _column("rankings", "level")
    prior: float = _column("rankings", "prior")
    incomplete: Incomplete = Field(description="What became of scenes that do not join all conditions.")
    plan_frozen_at: datetime | None = Field(
        description="When the study opened with the analysis plan in its protocol; null where it has none."
    )
    deviations: list[str] = Field(description="What differs from that plan, a clause each.")
    scenes: list[str] = Field(description="The scenes that were chosen; empty where all take part.")
    tasks: list[TaskResults]


@router.get("/studies/{study_id}/results", **opens(_READ, StudyNotFound, BadOptions, TooManyAnalyses, numbered=True))
def read_results(use: Ctx, study_id: Id, chosen: Chosen) -> ResultsTold:
    """The rankings as they stand, with scores by scene and paired tests."""
    options = chosen.options
    found = report(use.database, study_id, options)
    return ResultsTold(
        alpha=options.alpha, correction=options.correction, excluded=chosen.excluded, flagged=chosen.flagged,
        people=chosen.people, level=options.level, prior=options.prior, incomplete=options.incomplete,
        plan_frozen_at=chosen.plan.opened_at if chosen.plan.is_frozen else None,
        deviations=list(found.deviations),
        scenes=list(options.scenes),
        tasks=[_told(task) for task in found.tasks],
    )  # fmt: skip


_TABLE = opens(_READ, StudyNotFound, BadOptions, TooManyAnalyses, NoSuchTable, numbered=True)
_TABLE["responses"] |= {
    200: {
        "description": "The table, line by line; docs/data-dictionary.md explains its columns.",
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": ",".join(column.name for column in TABLES["rankings"]) + "\n",
            }
        },
    }
}


@router.get("/studies/{study_id}/results/{table}.csv", response_class=Response, **_TABLE)
def read_table(use: Ctx, study_id: Id, table: str, chosen: Chosen) -> Response:
    """One table as CSV, by the name that docs/data-dictionary.md has it under, such as `rankings`."""
    headers = attached(chosen.file_name(study_id, f"{table}.csv"))
    chunks = table_chunks(use, study_id, table, chosen)
    return StreamingResponse(chunks, media_type="text/csv; charset=utf-8", headers=headers)


_SHEET = opens(_READ, StudyNotFound, BadOptions, TooManyAnalyses, numbered=True)
_SHEET["responses"] |= {
    200: {
        "description": "The sheet, or its bibliography.",
        "content": {kind: {"schema": {"type": "string"}} for kind in SHEET_TYPES.values()},
    }
}


@router.get("/studies/{study_id}/results/methods.{form}", response_class=Response, **_SHEET)
def read_methods(use: Ctx, study_id: Id, chosen: Chosen, form: SheetForm) -> Response:
    """What a paper has to report (clause 14 of ITU-T P.910) as Markdown or HTML, or BibTeX of what that cites."""
    return sheet_file(use, study_id, chosen, form)


_FIGURE = opens(_READ, StudyNotFound, BadOptions, TooManyAnalyses, NoSuchFigure, numbered=True)
_FIGURE["responses"] |= {
    200: {
        "description": "The figure.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in FIGURE_TYPES.values()},
    }
}


@router.get("/studies/{study_id}/results/{figure}.{form}", response_class=Response, **_FIGURE)
def read_study_figure(use: Ctx, study_id: Id, figure: str, chosen: Chosen, drawn: Drawn) -> Response:
    """One figure of the whole study, as SVG, PDF or PNG."""
    return figure_reply(use, study_id, "", figure, chosen, drawn)


@router.get("/studies/{study_id}/results/{task}/{figure}.{form}", response_class=Response, **_FIGURE)
def read_figure(use: Ctx, study_id: Id, task: str, figure: str, chosen: Chosen, drawn: Drawn) -> Response:
    """One figure of one task, as SVG, PDF or PNG: `rankings` is the forest plot."""
    return figure_reply(use, study_id, task, figure, chosen, drawn)


def _told(task: TaskReport) -> TaskResults:
    return TaskResults(
        task=task.task, title=task.title, sentence=task.sentence, tests=task.tests,
        controls=task.controls, notes=list(task.notes),
        ranking=[RankTold.model_validate(row) for row in task.rows],
        scores_by_scene=[SceneScore.model_validate(row) for row in task.scene_rows],
        pairs=[PairedTest.model_validate(row) for row in task.pair_rows],
        boxes=[list(box) for box in task.boxes], scenes=task.scenes, scenes_left_out=task.scenes_left_out,
        subjects=task.subjects, votes=int(task.votes), counted=task.counted, excluded_counted=task.excluded_counted,
        interval=task.interval, generalises_to=task.generalises_to,
        intervals=[IntervalTold.model_validate(row) for row in task.interval_rows],
        adaptive=task.adaptive, aligned=task.aligned, nu=task.nu, left_out=left_out_told(task.left_out),
        side_bias=task.side_bias and SideTold.model_validate(task.side_bias),
    )  # fmt: skip
