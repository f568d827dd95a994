"""A real server in a process of its own, which can be killed and started again at the same address."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from app.db import Database
from app.db.migrate import migrate
from app.db.models import Event, Session
from app.media import Media
from app.sessions import links
from app.settings import Settings
from app.web import accounts, login
from tests.web import small_study

LAB = "lab.test"  # a name without HTTPS, as laboratories have them
ROOT = Path(__file__).resolve().parents[2]


class House:
    """An installation in a folder, and the server that runs on it."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.settings = Settings(data_dir=folder / "data", database_url=database_url)
        self.database = Database(self.settings.database)
        migrate(self.database)
        self.media = Media(self.settings.media)
        self.pictures = small_study.paint(folder / "pictures")
        self.address = ""
        self._port = 0
        self._process: subprocess.Popen[str] | None = None

    def open(self) -> None:
        """The server is started, on the port it had before; it listens when this returns."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BEHOLDER_")}
        environment |= {
            "BEHOLDER_DATA_DIR": str(self.settings.data_dir),
            "BEHOLDER_DATABASE_URL": self.settings.database_url,
            "BEHOLDER_LOG_LEVEL": "ERROR",
            "BEHOLDER_HOSTS": LAB,
        }
        command = [sys.executable, "-m", "app.cli", "serve", "--host", "127.0.0.1", "--port", str(self._port)]
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        said = (
            self._process.stdout.readline()
        )  # "Beholder serves http://localhost:PORT until …", once the port is bound
        self.address = said.split("Beholder serves ")[1].split()[0]
        self._port = int(self.address.rsplit(":", 1)[1])

    def kill(self) -> None:
        """The server is gone at once, as in a power cut."""
        assert self._process is not None
        self._process.kill()
        self._process.communicate()
        self._process = None

    def close(self) -> None:
        """Nothing is left running."""
        if self._process is not None:
            self._process.terminate()
            self._process.communicate()
        self.database.close()

    def operator(self, name: str) -> None:
        """There is an account of that name, which may do everything."""
        if name not in {one.name for one in accounts.people(self.database)}:
            login.create_account(self.database, name, None, operates=True, creates=True, launches=True)

    def study(self, pictures: Path | None = None, **settings: object) -> str:
        """The public link of a new study of the small pictures, or of others."""
        number = small_study.create(self.database, self.media, pictures or self.pictures, **settings)
        return f"{self.address}/join/{links.public_token(self.database, self.settings.secret(), number)}"

    def number_of(self, link: str) -> int:
        """The study behind a public link."""
        with self.database.read() as db:
            return links.read_public(db, self.settings.secret(), link.rsplit("/", 1)[1]).id

    def logged(self, session_page: str, kind: str) -> list[Any]:
        """What the log of the session at this address says in lines of this kind, in their order."""
        with self.database.read() as db:
            found = select(Event.payload).join(Session, Session.id == Event.session_id)
            found = found.where(Session.token == session_page.rsplit("/", 1)[1], Event.kind == kind)
            return list(db.scalars(found.order_by(Event.number)))

    def votes(self, session_page: str) -> list[str | None]:
        """The stored answers of the session at this address, in the order of its trials; None where one is open."""
        with self.database.read() as db:
            rows = db.execute(
                text(
                    "SELECT votes.side FROM trials JOIN sessions ON sessions.id = trials.session_id "
                    "LEFT JOIN votes ON votes.trial_id = trials.id WHERE sessions.token = :token ORDER BY position"
                ),
                {"token": session_page.rsplit("/", 1)[1]},
            )
            return [side for (side,) in rows]
