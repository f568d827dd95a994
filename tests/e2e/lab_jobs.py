"""The trainings of a laboratory as the tables tell them: what networks restored is painted, and nothing is trained."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from PIL import Image, ImageFilter
from sqlalchemy import select

from app.catalog import MEASURES
from app.clock import now
from app.db import Database
from app.db.models import Job, JobPoint, JobSample, JobState, MeasureForm, Rendering, StimulusRole, Worker
from app.db.pictures import keep_pictures
from app.jobs import packaged
from app.jobs.contract import RecoverResult, Verdict
from app.jobs.launch import Matrix, launch_matrix
from app.jobs.matrix_plan import Scores
from app.jobs.photographs import add_photographs
from app.jobs.recovery import Screening
from app.media import Media
from app.studies import measured
from app.studies.png import inspect
from tests.jobs.screenings import screened

SET = "packaged"
TASKS = ("denoise", "deblur", "superres", "compress")
OBJECTIVES = ("mae", "1 - ms_ssim", "1 - vif", "gmsd", "nlpd", "lpips", "dists")
LIKED = {  # by condition, in logits: how well it restores, to a measure as to an eye
    "mae": 0.4, "ms_ssim": 1.0, "vif": -0.9, "gmsd": -1.4, "nlpd": 0.7, "lpips": 1.3, "dists": 1.5,
}  # fmt: skip
SIDE = 256  # pixels of a scene


@dataclass(frozen=True, slots=True)
class Easel:
    """Paints what a network would have made of a scene, and keeps it."""

    database: Database
    media: Media

    def keep(self, picture: Image.Image) -> str:
        """The digest of the picture, which is in the store."""
        file = io.BytesIO()
        picture.convert("RGB").save(file, "PNG")
        keep_pictures(self.database, [inspect(file.getvalue())])
        return self.media.put(file.getvalue())

    def cut(self, scene: Mapping[str, object]) -> Image.Image:
        """The scene as its photograph shows it."""
        photograph = scene["photograph"]
        assert isinstance(photograph, Mapping)
        left, top, width, height = (int(str(scene[name])) for name in ("left", "top", "width", "height"))
        whole = Image.open(io.BytesIO(self.media.get(photograph["digest"]))).convert("RGB")
        return whole.crop((left, top, left + width, top + height))


def noisy(picture: Image.Image, strength: float, seed: int) -> Image.Image:
    """The picture under white noise of that standard deviation."""
    pixels = np.asarray(picture, float)
    pixels = pixels + np.random.default_rng(seed).normal(0, strength, pixels.shape)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def degraded(task: str, picture: Image.Image) -> Image.Image:
    """What the task's network is given."""
    if task == "denoise":
        return noisy(picture, 50, 1)
    if task == "deblur":
        return picture.filter(ImageFilter.BoxBlur(6))
    if task == "superres":
        return picture.resize((picture.width // 4, picture.height // 4)).resize(picture.size)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=6)
    return Image.open(file).convert("RGB")


def restored(task: str, picture: Image.Image, logits: float, seed: int) -> Image.Image:
    """The better, the sharper and the cleaner."""
    left = float(1 / (1 + np.exp(1.2 * logits)))
    own = picture.filter(ImageFilter.GaussianBlur(0.4 + 2.4 * left))
    return noisy(Image.blend(own, degraded(task, picture), 0.25 * left), 1 + 5 * left, seed)


def finished(easel: Easel) -> Matrix:
    """Four tasks under seven objectives, all of it trained, rendered and scored."""
    licence, source = "CC0, CC BY 2.0 and public domain", "scikit-image, scikit-learn and matplotlib"
    add_photographs(
        easel.database, easel.media, SET, packaged.packaged(), test=packaged.TEST, licence=licence, source=source
    )
    matrix = launch_matrix(
        easel.database, tasks=TASKS, objectives=OBJECTIVES, preset="tiny", photograph_set=SET, scene_side=SIDE,
        scores=Scores.of(OBJECTIVES), seed=20260,
    )  # fmt: skip
    with easel.database.read() as db:
        jobs = {job.id: job.spec for job in db.scalars(select(Job))}
    values = dict[measured.Key, float]()
    for (task, condition), number in matrix.renderings.items():
        shown = _rendered(easel, number, jobs[number]["scenes"], task, condition)
        scored = jobs[matrix.scorings[task, condition]]["measures"]
        values |= {
            (picture, reference, measure, MeasureForm.RGB): _value(measure, condition, place + 4 * TASKS.index(task))
            for place, (picture, reference) in enumerate(shown)
            for measure in scored
        }
    measured.keep(
        easel.database, values, measured.Source(job=next(iter(matrix.scorings.values()))), higher_is_better={}
    )
    _ended(easel.database, matrix)
    return matrix


def _rendered(
    easel: Easel, job: int, scenes: list[dict[str, object]], task: str, condition: str
) -> list[tuple[str, str]]:
    """The pictures of a rendering job and their references; they are in its list."""
    rows, shown = list[Rendering](), list[tuple[str, str]]()
    for place, scene in enumerate(scenes):
        cut = easel.cut(scene)
        three = {
            StimulusRole.REFERENCE: cut,
            StimulusRole.DEGRADED: degraded(task, cut),
            StimulusRole.CONDITION: restored(task, cut, LIKED[condition], place + 10 * list(LIKED).index(condition)),
        }
        kept = {role: easel.keep(picture) for role, picture in three.items()}
        shown.append((kept[StimulusRole.CONDITION], kept[StimulusRole.REFERENCE]))
        rows += [
            Rendering(
                job_id=job, task=task, scene=str(scene["name"]), role=role, picture_digest=digest, origin={"job": job},
                condition=condition if role is StimulusRole.CONDITION else role.value,
            )
            for role, digest in kept.items()
        ]  # fmt: skip
    with easel.database.write() as db:
        db.add_all(rows)
    return shown


def _value(measure: str, condition: str, place: int) -> float:
    """What a measure says: most of them agree with the eye, and each likes what was trained under it."""
    known, names = MEASURES[measure], list(LIKED)
    off = float(1 / (1 + np.exp(LIKED[condition]))) + 0.02 * (place % 4)
    off *= 1 + 0.3 * float(np.sin(7.0 * list(MEASURES).index(measure) * (1 + names.index(condition)) + place // 4))
    off *= 0.45 if measure == condition != "vif" else 1
    if measure == "psnr":
        return float(34 - 9 * off)
    return float(1 - 0.4 * off if known.higher_is_better else 0.3 * off)


def _ended(database: Database, matrix: Matrix) -> None:
    with database.write() as db:
        for number, job in enumerate(db.scalars(select(Job).where(Job.id.in_(matrix.jobs)).order_by(Job.id))):
            job.state, job.attempt, job.step, job.worker = JobState.SUCCEEDED, 1, job.total_steps, "lab-3"
            job.created_at, job.started_at = now() - timedelta(days=9), now() - timedelta(days=9, minutes=-3 * number)
            job.finished_at = now() - timedelta(days=9, minutes=-3 * number - 2)
            if "recipe" in job.spec:
                job.result = _trained(job.total_steps, 24 + 3 * np.cos(number))
                db.add_all(_curve(job))


def _trained(steps: int, psnr: float) -> dict[str, object]:
    return {
        "kind": "train", "checkpoint": "checkpoint-1.pt", "sha256": "5b1c" * 16, "recipe_hash": "0d2e" * 16,
        "steps": steps, "loss": 0.03, "psnr": round(float(psnr), 2), "skipped_steps": 0,
        "photographs_hash": "91fa" * 16,
        "versions": {"beholder": "0.1.0", "commit": "80ab86f03bff", "torch": "2.9"},
    }  # fmt: skip


def _curve(job: Job) -> list[JobPoint]:
    steps = np.unique(np.linspace(1, max(1, job.step), 90).astype(int))
    rng = np.random.default_rng(job.id)
    return [
        JobPoint(job_id=job.id, step=int(step), loss=float((0.02 + 0.3 / (1 + 12 * step / job.total_steps)) * factor))
        for step, factor in zip(steps, rng.lognormal(0, 0.08, len(steps)), strict=True)
    ]


def under_way(easel: Easel) -> Matrix:
    """A larger matrix, of which some is done, some fails, and most waits; the number of the training that runs."""
    matrix = launch_matrix(
        easel.database, tasks=TASKS, objectives=OBJECTIVES, preset="lab", photograph_set=SET, scene_side=SIDE, seed=1
    )
    states = dict[int, tuple[JobState, float]]()
    for number in matrix.pretrainings.values():
        states[number] = (JobState.SUCCEEDED, 1)
    mine = [matrix.trainings[task, condition] for task in TASKS[:2] for condition in LIKED]
    shares = (1, 1, 0.62, 0.31, 0.18, 0.4, 0, 1, 0.86, 0.07, 0, 0, 0, 0)
    kinds = ["succeeded", "succeeded", "running", "running", "failed", "cancelled", "starting"]
    kinds += ["succeeded", "running", "running", "queued", "queued", "queued", "queued"]
    states |= {job: (JobState(kind), share) for job, kind, share in zip(mine, kinds, shares, strict=True)}
    with easel.database.write() as db:
        for number, (state, share) in states.items():
            _moved(db.get_one(Job, number), state, share)
            db.add_all(_curve(db.get_one(Job, number)) if share else ())
    _sampled(easel, matrix.trainings["denoise", "vif"])
    return matrix


def _moved(job: Job, state: JobState, share: float) -> None:
    job.state, job.attempt, job.step = state, int(state is not JobState.QUEUED), round(share * job.total_steps)
    job.created_at, job.started_at = now() - timedelta(hours=6), now() - timedelta(hours=5) if job.attempt else None
    job.worker = "lab-3" if job.attempt else None
    if state is JobState.SUCCEEDED:
        job.finished_at, job.result = now() - timedelta(hours=1), _trained(job.total_steps, 31.4)
    elif state in (JobState.RUNNING, JobState.STARTING):
        job.steps_per_second, job.loss, job.lease_until = 12.5, 0.0421, now() + timedelta(hours=1)
        job.usage = {
            "device": "NVIDIA A100",
            "memory": 3_200_000_000,
            "memory_total": 42_000_000_000,
            "utilisation": 0.97,
        }
    elif state is JobState.FAILED:
        job.finished_at, job.error = now() - timedelta(minutes=40), "The loss was not finite for 100 steps in a row."


def _sampled(easel: Easel, number: int) -> None:
    """Crops of a running training, at several steps."""
    with easel.database.read() as db:
        job = db.get_one(Job, number)
        photographs, total = job.spec["photographs"][:3], job.total_steps
    for place, photograph in enumerate(photographs):
        cut = easel.cut({"photograph": photograph, "left": 180, "top": 60, "width": 128, "height": 128})
        given, whole = easel.keep(degraded("denoise", cut)), easel.keep(cut)
        for nth, share in enumerate((64, 16, 4, 2)):
            digest = easel.keep(restored("denoise", cut, nth - 2.5, nth))
            with easel.database.write() as db:
                three = {"restored_digest": digest, "degraded_digest": given, "reference_digest": whole}
                db.add(JobSample(job_id=number, step=total // share, number=place, **three))


def recovered(easel: Easel) -> int:
    """Six measures followed from noise and from a JPEG; the number of a recovery that shows artefacts."""
    wish = Screening(SET, "coffee", measures=("mae", "ms_ssim", "gmsd", "vif", "nlpd", "fsim"), side=192, steps=2000)
    jobs = screened(easel.database, wish)
    with easel.database.read() as db:
        cut = easel.cut(db.get_one(Job, jobs["mae", "noise"].job_id).spec["scene"])
    ends = {"mae": Verdict.RECOVERS, "nlpd": Verdict.RECOVERS, "gmsd": Verdict.ARTEFACTS, "fsim": Verdict.DIVERGES}
    for (measure, start), launched in jobs.items():
        if measure in ends:
            verdict = Verdict.RECOVERS if start == "jpeg" and measure != "fsim" else ends[measure]
            _found(easel, launched.job_id, cut, verdict)
    return jobs["gmsd", "noise"].job_id


def _found(easel: Easel, number: int, cut: Image.Image, verdict: Verdict) -> None:
    strength = {Verdict.RECOVERS: 2, Verdict.ARTEFACTS: 34, Verdict.DIVERGES: 110, Verdict.UNFINISHED: 60}[verdict]
    stages = [noisy(cut, strength + 100 * share, number) for share in (1.5, 0.8, 0.3, 0.1, 0)] + [cut]
    sheet = Image.new("RGB", (cut.width * len(stages), cut.height))
    for place, stage in enumerate(stages):
        sheet.paste(stage, (place * cut.width, 0))
    psnr = float(20 * np.log10(255 / strength)) + (5 if verdict is Verdict.RECOVERS else 0)
    curve = [
        {"step": step, "objective": 0.3 / (1 + step), "psnr": psnr - (psnr - 7.9) * float(np.exp(-step / 400))}
        for step in range(0, 2001, 50)
    ]
    result = RecoverResult(
        sheet="contact-sheet.png", sheet_sha256=easel.keep(sheet), best="best.png", best_sha256=easel.keep(stages[-2]),
        stages=(20, 200, 1000), verdict=verdict, objective_start=0.3, objective_best=0.004, objective_reference=0.0,
        why=f"PSNR {psnr:.1f} dB of the best picture {'reach' if psnr >= 35 else 'do not reach'} 35 dB.",
        psnr_start=7.9, psnr_best=psnr, ms_ssim_best=None, best_step=1980, steps=2000, skipped_steps=0,
        curve=curve, versions={"torch": "2.9"},
    )  # fmt: skip
    with easel.database.write() as db:
        job = db.get_one(Job, number)
        job.state, job.attempt, job.step = JobState.SUCCEEDED, 1, job.total_steps
        job.result = result.model_dump(mode="json")
        job.created_at, job.worker = now() - timedelta(hours=4), "lab-3"
        job.started_at, job.finished_at = now() - timedelta(hours=3), now() - timedelta(hours=2)
        db.add_all(JobPoint(job_id=number, step=int(point["step"]), loss=point["objective"]) for point in curve)


def worker(database: Database) -> None:
    """One with two devices, which reports as long as anybody looks."""
    card = {"name": "NVIDIA A100", "cores": 1, "processes": 1, "memory": 42 * 10**9, "free": 38 * 10**9}
    with database.write() as db:
        db.add(
            Worker(
                name="lab-3", devices="cuda:0, cuda:1", started_at=now() - timedelta(days=9),
                seen_at=now() + timedelta(hours=1), lease_until=now() + timedelta(hours=2),
                weights=["lpips", "dists"], memory={"cuda:0": card, "cuda:1": card},
                speeds={"NVIDIA A100": {"denoise lab": 11.5, "superres lab": 19.25}},
            )
        )  # fmt: skip
