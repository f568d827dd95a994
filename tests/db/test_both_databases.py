"""The same requests, sent to a server on SQLite and to one on PostgreSQL, get the same replies and leave the same."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from app.db import Database
from app.db.base import Base
from app.db.models import Subject
from app.errors import AppError
from app.media import Media
from app.sessions import links
from app.settings import Settings
from app.studies import stimuli
from app.studies.states import StudyNotFound
from app.web import login
from app.web.app import create_app
from app.web.sign_in import COOKIE
from tests.db.fate import START, Fate
from tests.postgres import Server
from tests.web import odd, small_study

STEPS = 70
_NUMBERS = ("0", "-1", "1", "3", "2147483647", "2147483648", "9223372036854775808", "1e3", "many", "")
_TEXTS = ("", "a\x00b", "x" * 500, "=1+1", "Zoë 🙂", "a\ud800b", *odd.VALUES[:12])


class House:
    """One server, the experimenter's browser and those of the subjects."""

    def __init__(self, settings: Settings, fate: Fate) -> None:
        self.fate, self._random, self._moment = fate, Random(7), START
        self.database, self.media = Database(settings.database), Media(settings.media)
        self.secret, self.browsers = b"", list[TestClient]()
        with self.own_fate():
            self.secret = settings.secret()
            self._app = create_app(settings, self.database, self.media)
            self.desk = self.browser()
            login.create_account(self.database, "marlene", None)
            token = login.sign_in_once(self.database, login.one_time_link(self.database, "marlene"), hours=1)
            self.desk.cookies.set(COOKIE, login.seal(self.secret, token))

    def browser(self) -> TestClient:
        client = TestClient(self._app, base_url="http://localhost", follow_redirects=False)
        self.browsers.append(client)
        return client

    @contextmanager
    def own_fate(self) -> Iterator[None]:
        """Chance and time go on where this house had them last."""
        self.fate.random, self.fate.moment = self._random, self._moment
        try:
            yield
        finally:
            self._moment = self.fate.moment

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, numbered anew: what is refused or deleted leaves gaps in one of them only."""
        with self.database.read() as db:
            found = {
                name: [dict(row) for row in db.execute(select(table).order_by(*table.primary_key)).mappings()]
                for name, table in Base.metadata.tables.items()
            }
        ranks = {
            name: {row["id"]: rank for rank, row in enumerate(rows, start=1)}
            for name, rows in found.items()
            if "id" in Base.metadata.tables[name].columns
        }
        return {name: [_renumbered(name, row, ranks) for row in rows] for name, rows in sorted(found.items())}


def _renumbered(name: str, row: dict[str, Any], ranks: dict[str, dict[int, int]]) -> tuple[Any, ...]:
    table = Base.metadata.tables[name]
    for column in table.columns:
        meant = {key.column.table.name for key in column.foreign_keys if key.column.name == "id"}
        meant |= {name} if column.name == "id" else set()
        for other in meant & {key for key in ranks if row[column.name] is not None}:
            row[column.name] = ranks[other][row[column.name]]
    if name == "audit_entries":  # whose numbers are no references: what they name may be gone
        for key, other in (("account_id", "accounts"), ("study_id", "studies"), ("job_id", "jobs")):
            row[key] = ranks[other].get(row[key])
    return tuple(row.values())


class Twins:
    """Both houses, asked the same at every step."""

    def __init__(self, sqlite: House, postgres: House, pictures: Path) -> None:
        self.houses, self.pictures = (sqlite, postgres), pictures
        self.told = list[str]()

    def ask(self, who: int, method: str, address: str, **sent: Any) -> Response:
        """The reply, which is the same from both; ``who`` is a browser, of which the first is at the desk."""
        replies = []
        for house in self.houses:
            with house.own_fate():
                replies.append(house.browsers[who].request(method, address, **sent))
        one, other = replies
        self.told.append(f"{method} {address[:80]} {str(sent)[:200]} -> {one.status_code} {other.status_code}")
        assert one.status_code == other.status_code, "\n".join(self.told[-6:])
        assert one.status_code < 500, "\n".join(self.told[-6:])
        assert one.headers.get("location") == other.headers.get("location"), self.told[-1]
        assert one.text == other.text, self.told[-1]
        return one

    def do(self, work: Callable[[House], Any]) -> None:
        """The same done by a service: both do it, or both refuse with the same sentence."""
        results = []
        for house in self.houses:
            with house.own_fate():
                try:
                    results.append(str(work(house)))
                except AppError as error:
                    results.append(error.message)
        assert results[0] == results[1]

    def join(self) -> int:
        """The number of a new browser."""
        for house in self.houses:
            house.browser()
        return len(self.houses[0].browsers) - 1

    def secret(self) -> bytes:
        return self.houses[0].secret

    def compare(self) -> dict[str, list[tuple[Any, ...]]]:
        """The rows, which are the same on both."""
        one, other = (house.rows() for house in self.houses)
        for table, rows in one.items():
            assert rows == other[table], (table, *self.told[-6:])
        return one


class Walk:
    """A day at both houses: what happens next is drawn, and odd input is as likely as good."""

    def __init__(self, twins: Twins, seed: int) -> None:
        self.twins, self.random = twins, Random(seed)
        self.studies, self.subjects = list[int](), dict[int, str]()  # a browser's session page
        self.answered = list[tuple[int, str, str]]()

    def run(self, steps: int) -> None:
        self.new_study(good=True)
        self.open()
        self.begin(good=True)
        self.vote(good=True)
        likely = {self.vote: 30, self.again: 12, self.begin: 12, self.look: 10, self.odd_address: 8, self.invite: 6,
                  self.judge: 8, self.new_study: 5, self.move: 5, self.ingest: 3, self.open: 4}  # fmt: skip
        for step in self.random.choices(list(likely), list(likely.values()), k=steps):
            step()

    def new_study(self, *, good: bool = False) -> None:
        form = {
            "title": "A small study",
            **{name: "" if value == () else str(value) for name, value in small_study.PROTOCOL.items()},
        }
        form["trials_per_session"] = "4"
        if not good and self.random.random() < 0.7:
            spoilt = self.random.choice([*form, "question", "consent_text"])
            form[spoilt] = _sendable(self.random.choice(_TEXTS if self.random.random() < 0.5 else _NUMBERS))
        reply = self.twins.ask(0, "POST", "/admin/studies/new", data=form)
        if reply.status_code == 303:
            self.studies.append(int(reply.headers["location"].split("/")[3]))
            if good or self.random.random() < 0.5:
                self.ingest(self.studies[-1])

    def ingest(self, study: int = 0) -> None:
        study, folder = study or self._study(), self.twins.pictures
        self.twins.do(lambda house: stimuli.ingest_folder(house.database, house.media, study, folder))

    def open(self) -> None:
        self.twins.ask(0, "POST", f"/admin/studies/{self._study()}/open")

    def move(self) -> None:
        verb = self.random.choice(["pause", "resume", "resume", "close", "delete"])
        self.twins.ask(0, "POST", f"/admin/studies/{self._study(newest=verb in ('close', 'delete'))}/{verb}")

    def invite(self) -> None:
        labels = "\n".join(self.random.choices(["ada", "Ada", "grace", "3", *_TEXTS], k=3))
        self.twins.ask(0, "POST", f"/admin/studies/{self._study()}/links", data={"labels": _sendable(labels)})

    def _links(self) -> list[str]:
        """Of a study, unless it is gone, and of the last subjects; the houses have the same ones."""
        house, secret = self.twins.houses[0], self.twins.secret()
        with house.database.read() as db:
            last = db.execute(select(Subject.id, Subject.link_key).order_by(Subject.id.desc()).limit(2)).all()
        tokens = ["nonsense", *(links.personal_token(secret, *one) for one in last)]
        with suppress(StudyNotFound):
            tokens.insert(0, links.pilot_token(house.database, secret, self._study()))
            tokens.insert(0, links.public_token(house.database, secret, self._study()))
        return tokens

    def begin(self, *, good: bool = False) -> None:
        tokens = self._links()
        who, token = self.twins.join(), tokens[0] if good else self.random.choice([tokens[0], tokens[0], *tokens])
        data = {"locale": "en" if good else self.random.choice(["en", "en", "en", "pt-BR", "a\x00b", "x" * 40])}
        if not good and self.random.random() < 0.2:
            data["simulated"] = self.random.choice(["true", "maybe"])
        self.twins.ask(who, "GET", f"/join/{token}")
        reply = self.twins.ask(who, "POST", f"/join/{token}", data=data)
        if reply.status_code == 303:
            self.subjects[who] = reply.headers["location"]
            self._go_on(who)

    def vote(self, *, good: bool = False) -> None:
        if not self.subjects:
            return
        who = self.random.choice(list(self.subjects))
        page = self.subjects[who]
        reply = self.twins.ask(who, "GET", f"{page}/trials")
        trials = reply.json().get("trials", []) if reply.status_code == 200 else []
        if not trials:
            self._go_on(who)
            return
        for trial in trials[: self.random.randint(1, 3)]:
            elapsed = self.random.choice([900, 0, None, 86_400_000, 2**31, -1, 2**63, 1.5, "soon"])
            side = self.random.choice(["left", "right", "left", "right", "tie", "up"])
            if good:
                elapsed, side = 900, "left"
            address = f"{page}/trials/{trial['token']}/vote"
            self.twins.ask(who, "PUT", address, json={"side": side, "elapsed_ms": elapsed})
            self.answered.append((who, address, side))

    def again(self) -> None:
        if self.answered:
            who, address, _ = self.random.choice(self.answered)
            side = self.random.choice(["left", "right"])
            self.twins.ask(who, "PUT", address, json={"side": side, "elapsed_ms": 1000})

    def judge(self) -> None:
        study, number = self._study(), self.random.choice([1, 2, 3, 4, 99, 2**31])
        verb, reason = self.random.choice(["exclude", "readmit"]), self.random.choice(["Slept.", "Slept.", *_TEXTS])
        address = f"/admin/studies/{study}/sessions/{number}/{verb}"
        self.twins.ask(0, "POST", address, data={"reason": _sendable(reason)})

    def look(self) -> None:
        page = self.random.choice(["monitor", "results", "results/votes.csv", "links", "stimuli", "protocol"])
        self.twins.ask(0, "GET", f"/admin/studies/{self._study()}/{page}")

    def odd_address(self) -> None:
        odd_one = self.random.choice(odd.SEGMENTS)
        shape = self.random.choice(["/s/{}", "/s/{}/trials", "/join/{}", "/p/{}", "/admin/studies/{}", "/pictures/{}"])
        self.twins.ask(0, self.random.choice(["GET", "POST"]), shape.format(odd_one))

    def _go_on(self, who: int) -> None:
        page = self.subjects[who]
        consent_hash = _hidden(self.twins.ask(who, "GET", page).text, "text_hash")
        if consent_hash:
            self.twins.ask(who, "POST", f"{page}/consent", data={"text_hash": consent_hash, "agreed": "true"})
        self.twins.ask(who, "POST", f"{page}/start")

    def _study(self, *, newest: bool = False) -> int:
        return self.studies[-1] if newest else self.random.choice([self.studies[0], *self.studies])


def _hidden(page: str, name: str) -> str:
    """What the page's form would send under that name."""
    _, _, after = page.partition(f'name="{name}" value="')
    return after.partition('"')[0]


def _sendable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


@pytest.fixture
def twins(tmp_path: Path, migrated: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Twins]:
    """A house on either database, both empty."""
    fate = Fate(monkeypatch)
    (tmp_path / "sqlite").mkdir()
    shutil.copyfile(migrated, tmp_path / "sqlite" / "beholder.sqlite3")
    pictures = small_study.paint(tmp_path / "pictures", 16, 12)
    with postgres.database() as url:
        sqlite = House(Settings(data_dir=tmp_path / "sqlite"), fate)
        postgresql = House(Settings(data_dir=tmp_path / "postgresql", database_url=url), fate)
        yield Twins(sqlite, postgresql, pictures)
        for house in (sqlite, postgresql):
            house.database.close()


@pytest.mark.parametrize("seed", range(4))
def test_the_same_requests_get_the_same_replies_and_leave_the_same_rows(twins: Twins, seed: int) -> None:
    Walk(twins, seed).run(STEPS)
    rows = twins.compare()
    assert rows["votes"]
    assert rows["events"]
