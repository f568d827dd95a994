"""A worker: takes jobs from the table, one per device, keeps their leases, and rescues what vanished workers left."""

import os
import socket
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from app.clock import now
from app.db import Database
from app.db.models import Worker
from app.jobs import claims
from app.jobs.attempt import Attempt, OnRendered, OnScored
from app.jobs.claims import Claim, Held
from app.jobs.devices import Slot, slots
from app.jobs.engines.local import Found, LocalEngine
from app.jobs.offering import Offer
from app.jobs.present import FORGOTTEN
from app.jobs.suited import Means
from app.jobs.views import any_live
from app.log import logger
from app.media import Media
from app.settings import Settings

_LOOK_SECONDS = 0.5  # between two looks into the table while a device is free


class Dispatcher:
    """One worker of one machine."""

    def __init__(
        self,
        database: Database,
        media: Media,
        settings: Settings,
        on_rendered: OnRendered,
        on_scored: OnScored,
        name: str | None = None,
        *,
        engine: LocalEngine | None = None,
    ) -> None:
        self.name = name or f"{socket.gethostname()}-{os.getpid()}"
        self._database, self._media, self._settings = database, media, settings
        self._on_rendered, self._on_scored = on_rendered, on_scored
        self._engine = engine or LocalEngine(settings)
        self._lease = timedelta(seconds=settings.lease_seconds)
        self._slots = slots(settings.gpus, settings.cpu_jobs)
        self._offer = Offer(database, settings, self._slots)
        self._attempts: dict[Attempt, threading.Thread] = {}
        self._lock = threading.Lock()  # guards the dictionary: heartbeats and ending attempts use it too
        self._wake = threading.Event()
        self._log = logger("jobs").bind(worker=self.name)

    def run(self, stop: threading.Event) -> None:
        """Works until ``stop`` is set; then the jobs at work save, stop and are given back."""
        self._work(stop, until_idle=False, only=None)

    def run_until_idle(self, stop: threading.Event, only: Collection[int] | None = None) -> None:
        """Works on these jobs (or on all) until none waits or is at work anywhere, or until ``stop`` is set."""
        self._work(stop, until_idle=True, only=only)

    def _work(self, stop: threading.Event, *, until_idle: bool, only: Collection[int] | None) -> None:
        self._log.info("ready", devices=self._devices)
        with suppress(SQLAlchemyError):  # it is asked again soon
            self._offer.look()  # so that the first heartbeat tells the others what need not be left to them
        with self._heartbeats():
            try:
                while not stop.is_set():
                    try:
                        self._look(only)
                        if until_idle and not self._at_work() and not any_live(self._database, only):
                            return
                    except SQLAlchemyError:
                        self._log.exception("the database did not answer; trying again")
                    self._wake.wait(_LOOK_SECONDS)  # an attempt that ends frees its device at once
                    self._wake.clear()
            finally:
                self._give_back()

    def _look(self, only: Collection[int] | None) -> None:
        self._offer.look()
        for job in claims.rescue_lost(self._database, self._is_gone):
            self._log.warning("rescued from a worker that vanished", job=job)
        busy = {attempt.slot for attempt in self._at_work()}
        in_vain = set[Means]()
        for slot in self._slots:
            means = self._offer.means(slot)
            if slot in busy or means in in_vain:
                continue
            claim = claims.claim(self._database, self.name, self._lease, only=only, means=means)
            if claim is None:
                in_vain.add(means)
            else:
                self._begin(claim, slot)

    def _begin(self, claim: Claim, slot: Slot) -> None:
        attempt = Attempt(
            claim,
            slot,
            database=self._database,
            media=self._media,
            settings=self._settings,
            engine=self._engine,
            device=self._offer.device(slot).name,
            on_rendered=self._on_rendered,
            on_scored=self._on_scored,
        )
        thread = threading.Thread(target=self._see_through, args=(attempt,), name=f"job-{claim.job}")
        with self._lock:
            self._attempts[attempt] = thread
        thread.start()

    def _see_through(self, attempt: Attempt) -> None:
        try:
            attempt.run()
        finally:
            with self._lock:
                del self._attempts[attempt]
            self._wake.set()

    def _at_work(self) -> dict[Attempt, threading.Thread]:
        with self._lock:
            return dict(self._attempts)

    def _is_gone(self, held: Held) -> bool:
        """Whether the job's process is known to have ended; one that outlives its lease by far is ended here."""
        found = Found.GONE if held.engine_ref is None else self._engine.find(held.engine_ref)
        if found is Found.ALIVE and held.engine_ref is not None and held.overdue > claims.GIVE_UP:
            self._engine.end(held.engine_ref)
        return found is Found.GONE

    def _give_back(self) -> None:
        at_work = self._at_work()
        for attempt in at_work:
            attempt.stop()
        for thread in at_work.values():
            thread.join()

    @contextmanager
    def _heartbeats(self) -> Iterator[None]:
        """A thread that keeps the leases and the worker's row fresh, so that a long computation stops neither."""
        over = threading.Event()
        thread = threading.Thread(target=self._beat, args=(over,), name="heartbeats")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            self._leave()

    def _beat(self, over: threading.Event) -> None:
        started_at = now()
        self._forget_the_lost()
        while True:
            try:
                self._tell(started_at)
            except Exception:  # whatever it was: without this thread every lease of this worker runs out
                self._log.exception("a heartbeat was missed")
            for attempt in self._at_work():
                self._renew(attempt)
            if over.wait(self._settings.heartbeat_seconds):
                return

    def _tell(self, started_at: datetime) -> None:
        seen_at = now()
        told = {"started_at": started_at, "seen_at": seen_at, "lease_until": seen_at + self._lease, **self._offer.told}
        with self._database.write() as db:
            db.merge(Worker(name=self.name, devices=self._devices, **told))

    def _forget_the_lost(self) -> None:
        """Rows of workers that vanished days ago tell nobody anything."""
        try:
            with self._database.write() as db:
                db.execute(delete(Worker).where(Worker.seen_at < now() - FORGOTTEN))
        except SQLAlchemyError:
            self._log.exception("older workers were not forgotten")

    def _renew(self, attempt: Attempt) -> None:
        try:
            attempt.renew()
        except Exception:  # the other jobs' leases are still to be renewed
            self._log.exception("a lease was not renewed", job=attempt.claim.job)

    def _leave(self) -> None:
        try:
            with self._database.write() as db:
                db.execute(delete(Worker).where(Worker.name == self.name))
        except SQLAlchemyError:
            self._log.exception("left without saying goodbye")

    @property
    def _devices(self) -> str:
        return ", ".join(slot.name for slot in self._slots)
