"""A simulated subject: opens the link, agrees, practises, judges, takes breaks, and reads the completion code."""

from dataclasses import dataclass
from typing import Any

import httpx2

from app.errors import AppError, Forbidden
from app.simulation.eyes import fill_in
from app.simulation.forms import Form, read_page
from app.simulation.observer import Observer, Sight
from app.simulation.screens import READING, SCREEN, batch

_TRIALS = {"practice", "block"}
_ENDED = {"end"}
_RESTING = "resting"
_TRACED = 10  # one trial in so many is told in detail


class SimulationStuck(AppError):
    """The pages did not let a simulated subject go on."""

    status = 500

    def __init__(self, where: str) -> None:
        super().__init__(where, "look into the server's log; the answers given so far are kept")


class LinkForPeople(Forbidden):
    """The link takes people only."""

    def __init__(self) -> None:
        super().__init__(
            "Answers behind this link count, so no simulated subject may use it",
            "use the study's pilot link, or make a demonstration of it: `beholder study duplicate N --demonstration`",
        )


@dataclass(slots=True)
class SimulatedSubject:
    """Somebody who does in a study what the pages ask, over HTTP, one request after the other.

    The client must keep cookies and be this subject's own. Such sessions are marked as simulated; a demonstration
    accepts them, and any study by its pilot link, where they never count.
    """

    client: httpx2.Client
    link: str
    observer: Observer
    page: str = ""

    def begin(self) -> str:
        """The address of the session's page, entered by the landing page's own form."""
        form = self._form(self._get(self.link), "begin")
        reply = self.client.post(
            form.action or self.link, data=form.fields | {"simulated": "yes"}, follow_redirects=False
        )
        if reply.status_code == 403:
            raise LinkForPeople
        if reply.status_code != 303:
            raise SimulationStuck(f"The landing page answered {reply.status_code}: {reply.text[:200]}")
        self.page = reply.headers["location"]
        return self.page

    def sit(self, at_most: int | None = None) -> int:
        """How many trials were answered until the end page was reached, or ``at_most`` of them."""
        if not self.page:
            self.begin()
        answered = 0
        while True:
            html = self._get(self.page)
            stage, forms = read_page(html)
            if stage in _ENDED:
                return answered
            if stage == _RESTING and not forms:
                return answered  # enough for this time: whoever sends the subject again goes on
            if stage not in _TRIALS:
                form = self._form(html, stage)
                fields = self._filled_in(form, stage)
                self._expect(self.client.post(form.action, data=fields, follow_redirects=False), 303)
                continue
            trials = self.trials()
            if not trials:
                raise SimulationStuck(f"{self.page} shows the stage {stage!r} but has no open trial.")
            for trial in trials:
                if answered == at_most:
                    return answered
                self.vote(trial, self.observer.choose(self.look(trial)))
                answered += 1

    def _filled_in(self, form: Form, stage: str) -> dict[str, Any]:
        if stage == "viewing":
            return fill_in(form, self._picture)
        return READING if form.step == "display" else dict(form.fields)

    def trials(self) -> list[dict[str, Any]]:
        """The open trials of the current block, as the page's script receives them."""
        reply = self.client.get(f"{self.page}/trials")
        self._expect(reply, 200)
        trials: list[dict[str, Any]] = reply.json()["trials"]
        return trials

    def look(self, trial: dict[str, Any]) -> Sight:
        """The three pictures of a trial."""
        return Sight(*(self._picture(trial["pictures"][pane]) for pane in ("left", "right", "reference")))

    def vote(self, trial: dict[str, Any], side: str, elapsed_ms: int = 1500) -> httpx2.Response:
        """The server's reply to an answer; 201 the first time, 200 when repeated."""
        reply = self.client.put(trial["vote"], json={"side": side, "elapsed_ms": elapsed_ms, "screen": SCREEN})
        if reply.status_code not in (200, 201):
            raise SimulationStuck(
                f"The answer to trial {trial['token']} was refused ({reply.status_code}): {reply.text[:200]}"
            )
        if trial["position"] % _TRACED == 0:
            self.client.post(f"{self.page}/events", json=batch(trial, elapsed_ms))  # may be lost
        return reply

    def _picture(self, address: str) -> bytes:
        reply = self.client.get(address)
        self._expect(reply, 200)
        return reply.content

    def _get(self, address: str) -> str:
        reply = self.client.get(address)
        self._expect(reply, 200)
        return reply.text

    def _form(self, html: str, step: str) -> Form:
        _, forms = read_page(html)
        for form in forms:
            if form.step:
                return form
        raise SimulationStuck(f"{self.page or self.link} has no form that leads on from {step!r}.")

    @staticmethod
    def _expect(reply: httpx2.Response, status: int) -> None:
        if reply.status_code != status:
            raise SimulationStuck(f"{reply.request.url.path} answered {reply.status_code}: {reply.text[:200]}")
