"""The System page's facts and the workers over the API."""

from datetime import timedelta

from fastapi.testclient import TestClient

from app.db import Database
from tests.jobs.build import reported


def test_scripts_read_how_the_installation_is_and_what_workers_offer(api: TestClient, database: Database) -> None:
    slot = {"name": "NVIDIA H200", "cores": None, "processes": 1, "free": 5, "memory": 9}
    speeds = {"NVIDIA H200": {"denoise · mae": 4.25}}
    reported(database, "ada", devices="gpu 0", weights=["lpips"], speeds=speeds, memory={"gpu 0": slot})
    reported(database, "old", timedelta(minutes=2))
    ada, old = api.get("/api/v1/workers").json()["items"]
    assert (ada["weights"], ada["speeds"], ada["memory"]) == (["lpips"], speeds, {"gpu 0": slot})
    assert (old["weights"], old["speeds"], old["memory"]) == ([], {}, {})
    assert (ada["vanished"], old["vanished"]) == (False, True)
    told = api.get("/api/v1/system").json()
    assert told["queue"] == {"waiting": 0, "at_work": 0, "failed": 0}
    assert told["settings"]["BEHOLDER_GPUS"]
    assert {disk["name"] for disk in told["disks"]} >= {"data folder"}
