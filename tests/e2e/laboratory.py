"""An installation as a laboratory has it after some weeks: photographs, trainings, studies, and who runs them."""

from dataclasses import dataclass

from tests.e2e import lab_jobs, lab_studies
from tests.e2e.house import House
from tests.e2e.lab_jobs import Easel


@dataclass(frozen=True, slots=True)
class Laboratory:
    """The numbers by which its pages are asked for."""

    scored: int  # a training of a matrix that is finished
    running: int
    failed: int
    recovery: int
    study: int
    states: dict[str, int]  # further studies


def furnish(house: House, name: str, subjects: int = 24) -> Laboratory:
    """The house is a laboratory, in which ``name`` may do everything."""
    house.operator(name)
    easel = Easel(house.database, house.media)
    whole = lab_jobs.finished(easel)
    larger = lab_jobs.under_way(easel)
    recovery = lab_jobs.recovered(easel)
    lab_jobs.worker(house.database)
    lab_studies.colleagues(house.database, name)
    drawn = [number for (task, _), number in whole.renderings.items() if task in ("denoise", "superres")]
    study = lab_studies.half_way(house.settings, house.database, house.media, drawn, lab_jobs.LIKED, name, subjects)
    states = lab_studies.others(house.database, house.media, drawn, study, name)
    return Laboratory(
        scored=whole.trainings["denoise", "mae"],
        running=larger.trainings["denoise", "vif"],
        failed=larger.trainings["denoise", "nlpd"],
        recovery=recovery,
        study=study,
        states=states,
    )
