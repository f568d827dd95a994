"""A matrix that is trained, rendered and scored, as far as the tables tell."""

import io

from PIL import Image

from app.db import Database
from app.db.models import Job, JobState, MeasureForm, Picture, Rendering, StimulusRole
from app.jobs.launch import Matrix, launch_matrix
from app.jobs.matrix_plan import Scores
from app.jobs.photo_files import PhotoFile
from app.jobs.photographs import add_photographs
from app.media import Media
from app.studies import measured

_GMSD = {"mae": 0.3, "gmsd": 0.2}
_MAE = {"mae": 0.05, "gmsd": 0.04}  # the network trained under MAE misses


def scored(database: Database, media: Media) -> Matrix:
    """A task under two objectives; the network trained under MAE is not the best under MAE."""
    files = []
    for number, name in enumerate(("fell", "tarn")):
        buffer = io.BytesIO()
        Image.new("RGB", (300, 300), (number, 0, 0)).save(buffer, "PNG")
        files.append(PhotoFile(name, buffer.getvalue(), name))
    add_photographs(database, media, "moors", files, test=["tarn"])
    matrix = launch_matrix(
        database, tasks=["denoise"], objectives=["mae", "gmsd"], preset="tiny", photograph_set="moors", scene_side=64,
        scores=Scores(("mae", "gmsd")),
    )  # fmt: skip
    with database.write() as db:
        for number in range(3):  # the reference, and what each network made of it
            db.add(Picture(digest=f"{number}" * 64, width=64, height=64, size=1))
        db.flush()
        for (_, condition), job in matrix.renderings.items():
            for role, shown in ((StimulusRole.REFERENCE, "0"), (StimulusRole.CONDITION, "12"[condition == "gmsd"])):
                kind = "reference" if shown == "0" else condition
                db.add(
                    Rendering(
                        job_id=job, task="denoise", scene="tarn", condition=kind, role=role, picture_digest=shown * 64,
                        origin={},
                    )
                )  # fmt: skip
        for job in db.query(Job).filter(Job.id.in_(matrix.jobs)):
            job.state = JobState.SUCCEEDED
    values = {
        ("12"[condition == "gmsd"] * 64, "0" * 64, measure, MeasureForm.RGB): value
        for measure, by in {"mae": _MAE, "gmsd": _GMSD}.items()
        for condition, value in by.items()
    }
    measured.keep(database, values, measured.Source(job=1), higher_is_better={})
    return matrix
