"""What Beholder knows, over the API: tasks, measures and presets; and what the token itself may do."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from app import __version__
from app.catalog import MEASURES, TASKS
from app.jobs.presets import PRESETS
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.shapes import LATER, MOMENT, Told, example
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["catalogue"])
_TASK = {"id": "denoise", "title": "Denoising", "degradation": "white Gaussian noise, σ = 50", "multiple": 1}
_MEASURE = {
    "id": "ms_ssim", "name": "Multi-scale structural similarity", "paper": "Wang, Simoncelli & Bovik 2003",
    "family": "structural similarity", "higher_is_better": True, "lowest": 0.0, "highest": 1.0,
    "objective": "1 - ms_ssim", "smallest_side": 161, "needs_weights": False, "colour": False,
    "licence": "Apache-2.0 (ours)",
}  # fmt: skip
_PRESET = {"name": "lab", "purpose": "Reckoned as a day on one GPU for four tasks under eleven objectives."}


class KnownTask(Told):
    """What a network restores."""

    model_config = example(_TASK)

    id: str
    title: str
    degradation: str
    multiple: int = Field(description="Sides of a scene must be divisible by this.")


class KnownMeasure(Told):
    """An image-quality measure; as a training loss it is an objective."""

    model_config = example(_MEASURE)

    id: str
    name: str
    paper: str
    family: str
    higher_is_better: bool
    lowest: float | None
    highest: float | None
    objective: str = Field(description="The objective text that optimizes it.")
    smallest_side: int = Field(description="Pixels.")
    needs_weights: bool
    colour: bool = Field(description="Looks at colours: has no form on the luma alone.")
    licence: str


class KnownPreset(Told):
    """A named size of a training."""

    model_config = example(_PRESET)

    name: str
    purpose: str


class CatalogueTold(Told):
    """Tasks, measures and presets."""

    model_config = example({"version": "0.1.0", "tasks": [_TASK], "measures": [_MEASURE], "presets": [_PRESET]})

    version: str = Field(description="Of Beholder.")
    tasks: list[KnownTask]
    measures: list[KnownMeasure]
    presets: list[KnownPreset]


class TokenTold(Told):
    """The token that asks."""

    model_config = example(
        {
            "account": "ada", "name": "nightly export", "scopes": ["studies:read", "results:read"],
            "created_at": MOMENT, "expires_at": LATER,
        }
    )  # fmt: skip

    account: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None


@router.get("/catalogue", **opens(None))
def read_catalogue() -> CatalogueTold:
    """Tasks, measures and presets; any token reads them."""
    return CatalogueTold(
        version=__version__,
        tasks=[KnownTask.model_validate(task) for task in TASKS.values()],
        measures=[KnownMeasure.model_validate(measure) for measure in MEASURES.values()],
        presets=[KnownPreset.model_validate(preset) for preset in PRESETS.values()],
    )


@router.get("/token", **opens(None))
def read_token(who: Asking) -> TokenTold:
    """Whose token this is, and what it may do."""
    token = who.token
    return TokenTold(
        account=who.name, name=token.name, scopes=[Scope(name) for name in token.scopes],
        created_at=token.created_at, expires_at=token.expires_at,
    )  # fmt: skip
