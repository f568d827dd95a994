"""The scores of a matrix of trainings: its ranks, its diagonal, and everything to take away."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response, StreamingResponse

from app.clock import now
from app.jobs.together import together
from app.results.diagonal_figure import caption
from app.results.matrix_files import matrix_figure, matrix_parts
from app.results.package import zipped
from app.results.sheet import Scheme
from app.results.training_matrix import report_around
from app.web.admin.launches import title_of
from app.web.analysis_turns import IN_TURN, PACKAGE_IN_TURN
from app.web.downloads import attached
from app.web.pages import Ctx, Id, render
from app.web.sign_in import signed_in

router = APIRouter(dependencies=[Depends(signed_in)])


@router.get("/admin/matrices/{job_id}", dependencies=[IN_TURN])
def matrix_scores(request: Request, use: Ctx, job_id: Id) -> Response:
    """Whether each network is best under its own measure, and the ranks under all, of the matrix that has this job."""
    number, report = report_around(use.database, job_id)
    return render(
        request,
        "admin/matrix_scores.html",
        number=number,
        title=title_of(use.database, number),
        trainings=together(use.database, number).matrix.trainings,
        report=report,
        sentence=caption(report),
    )


@router.get("/admin/matrices/{job_id}/matrix.zip", dependencies=[PACKAGE_IN_TURN])
def matrix_zip(use: Ctx, job_id: Id) -> Response:
    """Tables, figures and a summary as one zip."""
    number, report = report_around(use.database, job_id)
    name = f"matrix-{number}"
    chunks = zipped(matrix_parts(report), name, now())
    return StreamingResponse(chunks, media_type="application/zip", headers=attached(f"{name}.zip"))


@router.get("/admin/matrices/{job_id}/{figure}.svg", dependencies=[IN_TURN])
def matrix_svg(use: Ctx, job_id: Id, figure: str, scheme: Scheme = "light") -> Response:
    """One of its figures in one colour scheme."""
    _, report = report_around(use.database, job_id)
    picture = matrix_figure(report, figure)(scheme, "screen").saved("svg")
    return Response(picture, media_type="image/svg+xml", headers={"Cache-Control": "no-cache"})
