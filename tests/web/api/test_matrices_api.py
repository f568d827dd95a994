"""A matrix's scores over the API."""

import pytest
from fastapi.testclient import TestClient

from app.jobs.launch import Matrix
from tests.web.test_matrix_scores import scored

pytestmark = pytest.mark.one_database
__all__ = ["scored"]


def test_ranks_and_diagonal_are_told_as_the_page_shows_them(api: TestClient, scored: Matrix) -> None:
    number = scored.trainings["denoise", "mae"]
    told = api.get(f"/api/v1/matrices/{scored.scorings['denoise', 'gmsd']}").json()
    assert (told["matrix"], told["asked"], told["met"], told["missing"]) == (number, 2, 1, [])
    by_name = {one["condition"]: one for one in told["diagonal"]}
    assert (by_name["gmsd"]["met"], by_name["gmsd"]["rival"], by_name["gmsd"]["scenes"]) == (True, "mae", 1)
    assert (by_name["mae"]["rank"], by_name["mae"]["best"]) == (2, "gmsd")
    assert by_name["mae"]["lead"] == pytest.approx(-0.01)
    assert {(one["condition"], one["measure"]): one["rank"] for one in told["ranks"]} == {
        ("mae", "mae"): 2, ("gmsd", "mae"): 1, ("mae", "gmsd"): 2, ("gmsd", "gmsd"): 1,
    }  # fmt: skip


def test_a_job_of_no_matrix_is_refused_by_name(api: TestClient, scored: Matrix) -> None:
    reply = api.get(f"/api/v1/matrices/{scored.pretrainings['denoise']}")
    assert reply.status_code == 404
    assert "not-in-matrix" in reply.text
