"""A launched matrix in every state a job can be in, without training anything."""

import io
from datetime import timedelta

import numpy as np
from PIL import Image
from sqlalchemy import select

from app.clock import now
from app.db import Database
from app.db.models import Job, JobPoint, JobState, Picture, Rendering, StimulusRole
from app.jobs.contract import RenderResult
from app.jobs.launch import Matrix, launch_matrix
from app.jobs.photo_files import PhotoFile
from app.jobs.photographs import add_photographs
from app.media import Media
from tests.jobs.build import reported

SET = "holiday"


def png_of(pixels: np.ndarray) -> bytes:
    """The pixels as a PNG file."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def noise(seed: int) -> np.ndarray:
    """A picture of noise."""
    return np.random.default_rng(seed).integers(0, 256, (200, 200, 3), dtype=np.uint8)


def photographs(database: Database, media: Media, count: int = 3) -> None:
    """A set of that many photographs of noise."""
    files = [PhotoFile(f"photo {n}", png_of(noise(n)), "noise") for n in range(count)]
    add_photographs(database, media, SET, files)


def launched(database: Database, media: Media) -> Matrix:
    """Denoising under three objectives, all queued."""
    photographs(database, media)
    return launch_matrix(
        database, tasks=["denoise"], objectives=["mae", "1 - ms_ssim", "gmsd"], preset="tiny", photograph_set=SET,
        scene_side=64,
    )  # fmt: skip


def moved(database: Database, matrix: Matrix) -> None:
    """The first stage and mae are done, ms_ssim runs, gmsd has failed; a worker has been seen."""
    with database.write() as db:
        jobs = {job.id: job for job in db.scalars(select(Job))}
        for number in (matrix.pretrainings["denoise"], matrix.trainings["denoise", "mae"]):
            job = jobs[number]
            job.state, job.attempt, job.step, job.finished_at = JobState.SUCCEEDED, 1, job.total_steps, now()
            job.result = {
                "kind": "train", "checkpoint": "checkpoint-1.pt", "sha256": "ab" * 32, "recipe_hash": "cd" * 32,
                "steps": job.total_steps, "loss": 0.03, "psnr": 31.42, "skipped_steps": 3,
                "photographs_hash": "ef" * 32,
                "versions": {"beholder": "0.1.0", "commit": "80ab86f03bff", "source": "fe5d8b024e94", "torch": "2.9"},
            }  # fmt: skip
        running = jobs[matrix.trainings["denoise", "ms_ssim"]]
        running.state, running.attempt, running.step = JobState.RUNNING, 1, running.total_steps * 62 // 100 + 1
        running.steps_per_second, running.loss, running.started_at = 2.0, 0.0421, now()
        db.add_all(JobPoint(job_id=running.id, step=step, loss=1 / (step + 1)) for step in range(0, 140, 10))
        failed = jobs[matrix.trainings["denoise", "gmsd"]]
        failed.state, failed.attempt, failed.error = JobState.FAILED, 1, "No room <left> on the disk."
        failed.finished_at = now()
    reported(database, "lab-3", devices="cuda:0", started_at=now() - timedelta(hours=1))


def rendered(database: Database, media: Media, job_id: int, side: int = 64) -> str:
    """The digest of the restored picture that the rendering has brought back."""
    with database.write() as db:
        job = db.get_one(Job, job_id)
        job.state, job.attempt, job.finished_at, job.step = JobState.SUCCEEDED, 1, now(), job.total_steps
        job.result = RenderResult(task=job.spec["task"], pictures=()).model_dump(mode="json")
        for scene in job.spec["scenes"]:
            for role in StimulusRole:
                seed = [ord(letter) for letter in f"{scene['name']} {role} {job_id if role == 'condition' else ''}"]
                png = png_of(np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8))
                digest = media.put(png)
                if db.get(Picture, digest) is None:
                    db.add(Picture(digest=digest, width=side, height=side, size=len(png)))
                    db.flush()
                name = job.spec["condition"] if role is StimulusRole.CONDITION else role.value
                db.add(
                    Rendering(
                        job_id=job_id, task="denoise", scene=scene["name"], condition=name, role=role,
                        picture_digest=digest, origin={"seed": 0},
                    )
                )  # fmt: skip
        db.flush()
        return (
            db.scalars(
                select(Rendering.picture_digest).where(
                    Rendering.job_id == job_id, Rendering.role == StimulusRole.CONDITION
                )
            ).first()
            or ""
        )
