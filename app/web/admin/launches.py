"""What was launched together: trainings of one size, on the same photographs, from one seed, can be compared."""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache

from pydantic import ValidationError

from app.db import Database
from app.db.models import Split
from app.jobs import presets, store
from app.jobs.contract import PhotographRef, Recipe, RenderSpec, TrainSpec
from app.jobs.photograph_sets import Part, holder, parts
from app.jobs.recipe_keys import differing, written
from app.jobs.regime import alone_changed, together_changed
from app.jobs.views import JobView
from app.web.wording import count


@dataclass(frozen=True, slots=True)
class Launch:
    """What the trainings of one launch share."""

    size: str  # the preset's name, or the numbers where it is none
    photographs: str  # the set's name, or how many there are
    digests: tuple[str, ...]  # of the photographs, in their order: a set may have grown since
    seed: int
    second: str = ""  # keys in which all second stages differ from the preset's

    @property
    def title(self) -> str:
        """The launch in a few words."""
        title = f"{self.size} · {self.photographs} · seed {self.seed}"
        return f"{title} · second stage with {self.second}" if self.second else title


class Launches:
    """Finds the launch of every job."""

    def __init__(self, jobs: Sequence[JobView], sets: Sequence[Part]) -> None:
        self._trainings = {job.id: job.spec for job in jobs if isinstance(job.spec, TrainSpec)}
        self._titles = Counter(job.title for job in jobs)
        self._sets = sets
        self._names = dict[tuple[PhotographRef, ...], str]()

    def of(self, job: JobView) -> Launch | None:
        """The launch that the training, or the training behind the rendering, belongs to; None where it is unknown."""
        spec = self._trainings.get(job.spec.training or 0) if isinstance(job.spec, RenderSpec) else job.spec
        if not isinstance(spec, TrainSpec):
            return None
        digests = tuple(photograph.digest for photograph in spec.photographs)
        # What began with the same first stages can be compared, whatever single objectives need in their second.
        first = self._trainings.get(spec.start_from or 0, spec).recipe
        second = "" if spec.start_from is None else told(together_changed(spec.recipe, first))
        return Launch(_size(first), self._name(spec), digests, spec.recipe.seed, second)

    def own(self, spec: TrainSpec) -> str:
        """The keys in which a second stage differs from the preset's for its objective's sake; empty without any."""
        first = self._trainings.get(spec.start_from or 0, spec).recipe
        return "" if spec.start_from is None else told(alone_changed(spec.recipe, first))

    def about(self, job: JobView) -> str:
        """What tells a job from others of its title; empty where there are none."""
        return self.heading(job) if self._titles[job.title] > 1 else ""

    def heading(self, job: JobView) -> str:
        """The launch of a job, with its scenes where it renders some."""
        launch = self.of(job)
        title = launch.title if launch else ""
        if isinstance(job.spec, RenderSpec) and job.spec.baseline is not None:
            title = f"no training · seed {job.spec.seed}"
        parts = [title, scenes([job])]
        return " · ".join(part for part in parts if part)

    def _name(self, spec: TrainSpec) -> str:
        if spec.photographs not in self._names:
            self._names[spec.photographs] = self._named({photograph.digest for photograph in spec.photographs})
        return self._names[spec.photographs]

    def _named(self, wanted: AbstractSet[str]) -> str:
        found = holder(self._sets, wanted)
        if found is None:
            return count(len(wanted), "photograph")
        name = f"{found.name} (removed)" if found.removed else found.name
        return name if found.digests == wanted else f"{name} ({len(wanted)} of {len(found.digests)})"


def launches(database: Database, jobs: Sequence[JobView]) -> Launches:
    """The launches of these jobs, with the photograph sets called by their names."""
    return Launches(jobs, parts(database, Split.TRAIN, removed=True))


def title_of(database: Database, job_id: int) -> str:
    """What the launch is called that has this job; empty where none has. Raises ``JobNotFound``."""
    found = launches(database, store.listing(database)).of(store.get(database, job_id))
    return found.title if found else ""


def scenes(renderings: Sequence[JobView]) -> str:
    """How many scenes renderings show, and how large: ``6 scenes of 256 px``."""
    found = {
        (scene.width, scene.height, len(job.spec.scenes))
        for job in renderings
        if isinstance(job.spec, RenderSpec)
        for scene in job.spec.scenes
    }
    return " and ".join(
        f"{count(number, 'scene')} of {width if width == height else f'{width} × {height}'} px"
        for width, height, number in sorted(found)
    )


def told(keys: Mapping[str, object]) -> str:
    """Keys of a recipe with their values, on one line."""
    return ", ".join(written(keys).splitlines())


@cache
def _size(recipe: Recipe) -> str:
    """The preset of a first stage, with the keys that replace its own where there are any.

    The numbers where no preset has its network.
    """
    for name in presets.PRESETS:
        try:
            known = presets.preset(name, recipe.task, recipe.objective, stage=1, seed=recipe.seed)
        except ValidationError:  # the objective does not fit into that preset's patches
            continue
        if known == recipe:
            return name
        if known.network == recipe.network:
            return f"{name}, first stage with {told(differing(recipe, name, 1))}"
    network = f"{count(recipe.network.blocks, 'block')} × {count(recipe.network.channels, 'channel')}"
    return f"{network}, {recipe.steps} steps of {recipe.batch} × {recipe.patch} px"
