"""One attempt at one job: its folder prepared, its process started and followed, its end written into the table."""

import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from app.db import Database
from app.errors import AppError
from app.jobs import claims
from app.jobs.claims import Claim, StaleAttempt
from app.jobs.contract import (
    AnyResult,
    AnySpec,
    Assignment,
    PicturePair,
    Progress,
    RecoverResult,
    RenderResult,
    RenderSpec,
    ReplacedValue,
    ScoreResult,
    ScoreSpec,
    TrainResult,
    TrainSpec,
)
from app.jobs.devices import Slot
from app.jobs.engines.local import Child, LocalEngine
from app.jobs.folders import BadResult, RunFolder
from app.jobs.job_log import LogKeeper
from app.jobs.pairs import pairs_of
from app.jobs.recovered import keep_recovery
from app.jobs.reports import Reports
from app.jobs.samples import SampleKeeper
from app.jobs.views import SPEC, get, unreadable
from app.log import logger
from app.media import Media, MediaMissing
from app.settings import Settings

DONE, REFUSED, EXHAUSTED, STOPPED = 0, 2, 3, 75  # the trainer's exit codes; anything else is a crash
_ENDED_BY_US = (STOPPED, -signal.SIGTERM, -signal.SIGKILL)

OnRendered = Callable[[Database, Media, int, int, Path, RenderResult], None]
OnScored = Callable[[Database, int, int, ScoreResult], tuple[ReplacedValue, ...]]


class NoWeights(AppError):
    """The weights that a job begins with are no longer there, and its training counts as failed from now on."""

    def __init__(self, training: int, why: str) -> None:
        super().__init__(
            f"The weights of training {training} are lost ({why.rstrip('.')}).",
            "retry this job: that training is then done again first, from its last checkpoint where its run folder is "
            "still there",
        )


class NoRenderedPicture(AppError):
    """A picture that is to be scored is no longer in the store, and its rendering counts as failed from now on."""

    def __init__(self, rendering: int, digest: str) -> None:
        super().__init__(
            f"A picture of rendering {rendering} is lost (the store has no object {digest}).",
            "retry this job: that rendering is then done again first",
        )


class Attempt:
    """A claimed job in the hands of this worker, from the claim to its end."""

    def __init__(
        self,
        claim: Claim,
        slot: Slot,
        *,
        database: Database,
        media: Media,
        settings: Settings,
        engine: LocalEngine,
        device: str,
        on_rendered: OnRendered,
        on_scored: OnScored,
    ) -> None:
        self.claim, self.slot = claim, slot
        self._device = device
        self._step_ms: float | None = None
        self._database, self._media, self._settings = database, media, settings
        self._engine, self._on_rendered, self._on_scored = engine, on_rendered, on_scored
        self._folder = RunFolder(settings.runs, claim.job, claim.attempt)
        self._ending = LogKeeper(database, claim, self._folder)
        self._samples = SampleKeeper(database, media, claim, self._folder.path)
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._stopping = False
        self._log = logger("jobs").bind(job=claim.job, attempt=claim.attempt, title=claim.title)

    def run(self) -> None:
        """Afterwards the job has ended, has been given back, or turned out to be somebody else's by now."""
        try:
            spec = self._prepare()
            if spec is not None:
                self._settle(spec, *self._follow())
        except StaleAttempt as stale:
            self._log.warning("lost", why=stale.message)
        except SQLAlchemyError:
            self._log.exception("the table did not take it; the job is taken up again when its lease is over")
        except Exception as error:
            self._log.exception("the worker could not handle the job")
            self._fail(f"The worker could not handle the job ({error!r}); see its log.")

    def renew(self) -> None:
        """The lease runs anew; hands on a request to stop, and ends a process whose job was taken away."""
        try:
            if claims.renew(self._database, self.claim, timedelta(seconds=self._settings.lease_seconds)):
                self.stop()
            self._ending.take_in()
        except StaleAttempt:
            self._end()

    def stop(self) -> None:
        """The process saves and stops as soon as it can, or never starts."""
        with self._lock:
            self._stopping = True
            child = self._child
        if child is not None:
            child.stop()

    def _prepare(self) -> AnySpec | None:
        """What to do, written where the process will look for it; None where the job has ended before it began."""
        try:
            spec = SPEC.validate_python(self.claim.spec)
            self._folder.make()
            self._folder.assign(self._assignment(spec))
        except ValidationError as error:
            self._fail(unreadable(error))
        except (AppError, OSError) as error:
            self._fail(str(error))
        else:
            self.renew()  # the last look before the start: preparing may have taken a while
            if not self._stopping:
                return spec
            claims.release(self._database, self.claim)
        return None

    def _assignment(self, spec: AnySpec) -> Assignment:
        resume_from = self._folder.newest_checkpoint(spec)
        weights = self._weights(spec)
        return Assignment(
            job=self.claim.job,
            attempt=self.claim.attempt,
            spec=spec,
            media=self._media.url,
            checkpoint=None if weights is None else str(weights),
            resume_from=None if resume_from is None else str(resume_from),
            pairs=self._pairs(spec) if isinstance(spec, ScoreSpec) else (),
            checkpoint_seconds=self._settings.checkpoint_seconds,
            device=self.slot.device,
            processes=self.slot.processes,
            threads=self._settings.threads or self.slot.threads,
        )

    def _weights(self, spec: AnySpec) -> Path | None:
        training = None
        if isinstance(spec, RenderSpec):
            training = spec.training
        elif isinstance(spec, TrainSpec):
            training = spec.start_from
        if training is None:
            return None
        result = get(self._database, training).result or {}
        inputs = self._folder.path / "inputs"
        try:
            self._media.fetch(result["sidecar_digest"], inputs / "weights.json")
            return self._media.fetch(result["checkpoint_digest"], inputs / "weights.pt")
        except (KeyError, MediaMissing) as error:
            why = error.detail if isinstance(error, MediaMissing) else "its result names none"
            claims.disown(self._database, training, f"Its weights are lost ({why}): retry it, or a job that needs it.")
            raise NoWeights(training, why) from error

    def _pairs(self, spec: ScoreSpec) -> tuple[PicturePair, ...]:
        pairs = pairs_of(self._database, spec.rendering, degraded=spec.degraded)
        for digest in dict.fromkeys(digest for pair in pairs for digest in (pair.reference, pair.picture)):
            if not self._media.has(digest):
                lost = f"Its picture {digest} is lost: retry it, or a job that needs it."
                claims.disown(self._database, spec.rendering, lost)
                raise NoRenderedPicture(spec.rendering, digest)
        return pairs

    def _follow(self) -> tuple[int, int]:
        """The exit code, and the step that the process last reported."""
        child = self._engine.start(self.claim.job, self.claim.attempt, self._folder.path, self.slot)
        reports = Reports(child.reports, self._report)
        reader = threading.Thread(target=reports.follow, name=f"reports-{self.claim.job}")
        with self._lock:
            self._child = child
        try:
            reader.start()
            if claims.running(self._database, self.claim, child.ref) or self._stopping:
                self.stop()
            self._log.info("started", slot=self.slot.name)
        except BaseException:
            child.kill()
            raise
        finally:
            code = child.wait()
            reader.join()
            child.reports.close()
            self._step_ms = reports.step_ms
        self._ending.take_in()
        return code, reports.step

    def _report(self, latest: Progress, points: list[tuple[int, float]]) -> None:
        try:
            if claims.progress(self._database, self.claim, latest, points):
                self.stop()
            self._ending.take_in()
            self._samples.take_in()
        except StaleAttempt:
            self._end()
        except SQLAlchemyError:
            self._log.exception("progress was not recorded")
        except (AppError, OSError):  # whoever wants to look must wait; the training goes on
            self._log.exception("samples were not kept")

    def _end(self) -> None:
        with self._lock:
            child = self._child
        if child is not None:
            child.kill()

    def _settle(self, spec: AnySpec, code: int, step: int) -> None:
        if code == DONE:
            self._finish(spec, step)
        elif code in (REFUSED, EXHAUSTED):
            self._fail(self._folder.last_words())
        elif code == STOPPED or (self._stopping and code in _ENDED_BY_US):
            self._log.info("stopped", state=claims.release(self._database, self.claim).value)
        else:
            self._crashed(step, f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}")

    def _finish(self, spec: AnySpec, step: int) -> None:
        try:
            result = self._folder.result()
            if result.kind != spec.kind:
                raise BadResult(f"A {spec.kind} job left the result of a {result.kind} job")
            content = result.model_dump(mode="json") | self._taken_in(result)
        except StaleAttempt:
            raise
        except BadResult as error:
            self._crashed(step, error.message)
        except (AppError, OSError) as error:
            self._fail(str(error))
        else:
            claims.succeed(self._database, self.claim, content, device=self._device, step_ms=self._step_ms)
            self._folder.forget_earlier_checkpoints()
            self._log.info("succeeded")

    def _taken_in(self, result: AnyResult) -> dict[str, Any]:
        """What the job's row says besides its result; pictures and values have rows of their own."""
        held = self.claim.job, self.claim.attempt
        if isinstance(result, TrainResult):
            return self._keep(result)
        if isinstance(result, RecoverResult):
            keep_recovery(self._database, self._media, self._folder.path, result)
        elif isinstance(result, ScoreResult):
            replaced = self._on_scored(self._database, *held, result)
            return {"replaced": [one.model_dump(mode="json") for one in replaced]} if replaced else {}
        else:
            self._on_rendered(self._database, self._media, *held, self._folder.path, result)
        return {}

    def _keep(self, result: TrainResult) -> dict[str, str]:
        """Where the store now keeps the weights, and what the trainer noted beside them."""
        checkpoint = self._folder.path / result.checkpoint
        sidecar = checkpoint.with_suffix(".json")
        if not (checkpoint.is_file() and sidecar.is_file()):
            raise BadResult(f"The result names {result.checkpoint}, which is not there with its .json beside it")
        digest = self._media.put_file(checkpoint)
        if digest != result.sha256:
            raise BadResult(f"{result.checkpoint} is not the file that the result names (its sha256 is {digest})")
        return {"checkpoint_digest": digest, "sidecar_digest": self._media.put_file(sidecar)}

    def _fail(self, why: str) -> None:
        claims.fail(self._database, self.claim, why)
        self._log.error("failed", why=why)

    def _crashed(self, step: int, how: str) -> None:
        tail = self._folder.log_tail()
        state = claims.crash(self._database, self.claim, step, f"{how}\n{tail}")
        self._log.error("crashed", how=how, step=step, state=state.value, log=tail)
