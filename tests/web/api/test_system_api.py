"""The System page's facts and the workers over the API."""

from fastapi.testclient import TestClient

from app.clock import now
from app.db import Database
from app.db.models import Worker


def test_scripts_read_how_the_installation_is_and_what_workers_offer(api: TestClient, database: Database) -> None:
    slot = {"name": "NVIDIA H200", "cores": None, "processes": 1, "free": 5, "memory": 9}
    speeds = {"NVIDIA H200": {"denoise · mae": 4.25}}
    with database.write() as db:
        db.add(
            Worker(
                name="ada", devices="gpu 0", started_at=now(), seen_at=now(), weights=["lpips"], speeds=speeds,
                memory={"gpu 0": slot},
            )
        )  # fmt: skip
        db.add(Worker(name="old", devices="cpu", started_at=now(), seen_at=now()))
    ada, old = api.get("/api/v1/workers").json()["items"]
    assert (ada["weights"], ada["speeds"], ada["memory"]) == (["lpips"], speeds, {"gpu 0": slot})
    assert (old["weights"], old["speeds"], old["memory"]) == ([], {}, {})
    told = api.get("/api/v1/system").json()
    assert told["queue"] == {"waiting": 0, "at_work": 0, "failed": 0}
    assert told["settings"]["BEHOLDER_GPUS"]
    assert {disk["name"] for disk in told["disks"]} >= {"data folder"}
