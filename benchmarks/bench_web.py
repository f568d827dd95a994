"""Answers per second through the whole path of a vote, against a bare FastAPI handler that inserts one row.

``python -m benchmarks.bench_web`` prints a table and, last, one line of JSON. Both servers run beside each other, on
the same database, each in a process of its own, and are asked in turns, so that a busy machine is unfair to neither:
a ratio is the median over rounds of ours over the bare handler's answers per second. The whole path: the session's
cookie, the body's validation, the vote, the screen it was given on, the line in the session's hash chain. The load
comes from a third process; how fast that one is by itself is measured first.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.db import Database
from app.db.migrate import migrate
from app.sessions import links
from app.sessions.progress import open_trials, start_block
from app.settings import Settings
from app.studies.protocol import Protocol
from tests.postgres import Server
from tests.sessions import planted

_SCREEN = {"pixel_ratio": 1.25, "pane_width": 800, "pane_height": 900, "exact": True, "gamut": "srgb"}
_BODY = {"side": "left", "elapsed_ms": 1834, "screen": _SCREEN | {"dynamic_range": "standard"}}
_CROWDS = {32: 40, 256: 6}  # simultaneous subjects, and the answers that each gives in a round
_ROUNDS = 7
_WANTED = {"SQLite": 0.6, "PostgreSQL": 0.5}


@dataclass
class Figures:
    """What the rounds of one server came to."""

    rates: list[float] = field(default_factory=list)  # answers per second, one a round
    waits: list[float] = field(default_factory=list)  # milliseconds, one an answer

    def add(self, found: dict[str, Any], status: str = "201") -> None:
        """One more round, all of whose replies must have been alike."""
        if set(found["statuses"]) != {status}:
            raise SystemExit(f"not every answer was taken: {found['statuses']}")
        self.rates.append(len(found["waits"]) / found["seconds"])
        self.waits += [1000 * wait for wait in found["waits"]]

    def told(self) -> dict[str, float]:
        """The medians and the slowest hundredth."""
        cuts = statistics.quantiles(self.waits, n=100)
        return {
            "per_second": round(statistics.median(self.rates)),
            "p50": round(cuts[49], 1),
            "p99": round(cuts[98], 1),
        }


def main() -> None:
    """Prints the table and the line of JSON."""
    parser = argparse.ArgumentParser(description="Measure the path of a vote.")
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="leave the other database out")
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    given = parser.parse_args()
    told = dict[str, Any]()
    with tempfile.TemporaryDirectory(prefix="beholder-bench-") as name:
        told["load alone"] = alone = {crowd: _alone(crowd) for crowd in _CROWDS}
        _say(f"the load generator by itself: {' and '.join(f'{rate:,}' for rate in alone.values())} answers a second")
        if given.only != "postgresql":
            told["SQLite"] = _both("SQLite", Path(name), "", given.rounds)
        if given.only != "sqlite":
            server = Server(durable=True)
            try:
                with server.database() as url:
                    told["PostgreSQL"] = _both("PostgreSQL", Path(name), url, given.rounds)
            finally:
                server.remove()
    _say(json.dumps(told))


def _both(name: str, folder: Path, url: str, rounds: int) -> dict[str, Any]:
    """The figures of one database; prints a line for each crowd."""
    settings = Settings(data_dir=folder / name, database_url=url)
    database = Database(settings.database)
    migrate(database)
    plans = {crowd: _plan(database, settings, crowd, answers * (rounds + 1)) for crowd, answers in _CROWDS.items()}
    database.close()
    told = dict[str, Any]()
    with _served(_ours(settings), settings) as ours, _served(_bare(settings), settings) as bare:
        for crowd, answers in _CROWDS.items():
            full, plain, ratios = Figures(), Figures(), list[float]()
            for number in range(rounds + 1):
                cut = slice(number * answers, (number + 1) * answers)
                pair = [_load(address, plans[crowd], cut) for address in (ours, bare)[:: 1 if number % 2 else -1]]
                mine, theirs = pair[:: 1 if number % 2 else -1]
                if number:  # the first is for warming up
                    full.add(mine)
                    plain.add(theirs)
                    ratios.append(full.rates[-1] / plain.rates[-1])
            ratio = round(statistics.median(ratios), 2)
            told[str(crowd)] = {"ours": full.told(), "bare": plain.told(), "ratio": ratio}
            _say(_line(name, crowd, full, plain, ratio, sorted(ratios)))
    return told


def _line(name: str, crowd: int, full: Figures, plain: Figures, ratio: float, ratios: list[float]) -> str:
    mine, theirs = full.told(), plain.told()
    sides = "   ".join(
        f"{who} {one['per_second']:5,.0f}/s, p50 {one['p50']:5.1f} ms, p99 {one['p99']:5.1f} ms"
        for who, one in (("full", mine), ("bare", theirs))
    )
    spread = f"{ratios[0]:.2f} to {ratios[-1]:.2f}; wanted {_WANTED[name]}"
    return f"{name:<10} {crowd:4} subjects   {sides}   ratio {ratio:.2f} ({spread})"


def _plan(database: Database, settings: Settings, crowd: int, answers: int) -> list[dict[str, Any]]:
    """Sessions whose block is stored, as many as the crowd has heads: each one's cookie and its votes' addresses."""
    protocol = Protocol(
        **planted.PLAIN, trials_per_session=answers + 20, block_size=answers + 20, catch_trials=5, practice_trials=0
    )
    conditions = [f"c{number:02}" for number in range(12)]  # 66 pairs a scene
    study = planted.study(
        database, protocol, tasks=("denoise",), conditions=conditions, scenes=1 + (answers + 20) // 66, seed=crowd
    )
    plan = []
    for _ in range(crowd):
        session = planted.join(database, study)
        start_block(database, session)
        proof = links.cookie_value(settings.secret(), session)
        paths = [f"/s/{session}/trials/{trial.token}/vote" for trial in open_trials(database, session)]
        plan.append({"cookie": f"beholder_session={session}.{proof}", "paths": paths})
    return plan


def _load(address: str, plan: list[dict[str, Any]], cut: slice) -> dict[str, Any]:
    """What the load generator saw when every subject sent that part of its answers."""
    host, port = address.removeprefix("http://").split(":")
    subjects = [{"cookie": one["cookie"], "paths": one["paths"][cut]} for one in plan]
    asked = {"host": host, "port": int(port), "body": _BODY, "subjects": subjects}
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def _alone(crowd: int) -> int:
    plan = [
        {"cookie": "beholder_session=" + "x" * 87, "paths": [f"/s/{'x' * 43}/trials/{'y' * 43}/vote"] * 100}
    ] * crowd
    with _served([sys.executable, "-m", "benchmarks.bare", "nothing"], None) as address:
        figures = Figures()
        figures.add(_load(address, plan, slice(None)))
    return round(figures.rates[0])


def _ours(settings: Settings) -> list[str]:
    return [sys.executable, "-m", "app.cli", "serve", "--host", "127.0.0.1", "--port", "0"]


def _bare(settings: Settings) -> list[str]:
    return [sys.executable, "-m", "benchmarks.bare", "insert", settings.database]


@contextlib.contextmanager
def _served(command: list[str], settings: Settings | None) -> Iterator[str]:
    """The address of a server in a process of its own, which ends with the block."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BEHOLDER_")}
    if settings is not None:
        environment |= {"BEHOLDER_DATA_DIR": str(settings.data_dir), "BEHOLDER_DATABASE_URL": settings.database_url}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = process.stdout.readline().split("http://")[1].split()[0].rsplit(":", 1)[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate()


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
