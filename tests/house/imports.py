"""Who may import whom, beyond what import-linter's contracts in pyproject.toml can say: lists of what is allowed."""

import ast
import sys
from collections.abc import Iterator, Mapping

TRAINER_MAY = (
    "app.catalog", "app.clock", "app.errors", "app.log", "app.media", "app.settings", "app.strict_yaml",
    "app.jobs.contract", "app.jobs.objective",
    "app.jobs.eight_bits",  # a picture is read alike where it is stored and where it is measured
    "app.jobs.presets",  # docs/decisions/0003-presets-in-jobs.md
)  # fmt: skip
STATISTICS_MAY = ("app.analysis", "app.errors", "numpy", "scipy")
# fmt: off
ONLY_IN: Mapping[str, tuple[str, ...]] = {  # a library, and the rooms that may know it
    "httpx2": ("app.simulation", "app.web.issuer"),
    "authlib": ("app.web.oidc.protocol",),
    "joserfc": ("app.web.oidc.protocol",),
    "fastapi": ("app.web", "app.cli"),
    "starlette": ("app.web",),
    "uvicorn": ("app.web", "app.cli"),
    "jinja2": ("app.web",),
    "argon2": ("app.web",),
    "typer": ("app.cli",),
    "matplotlib": ("app.results",),
    "pyarrow": ("app.results.parquet",),
    "torch": ("trainer",),
    "yaml": ("app.strict_yaml", "app.studies.study_text"),  # one reader, and one writer
    "sqlalchemy": (
        "app.db", "app.jobs", "app.studies", "app.sessions", "app.results", "app.archives", "app.simulation", "app.cli",
        "migrations",
        # who may come in is asked where it is decided
        "app.web.account_invitations", "app.web.account_names", "app.web.accounts", "app.web.login", "app.web.rights",
        "app.web.own_account", "app.web.throttle", "app.web.tokens", "app.web.oidc.arrivals",
        "app.web.health", "app.web.outages",  # and whether the database answers, where that is told
    ),
}
# fmt: on


def module_of(place: str) -> str:
    """The dotted name of the module in that file."""
    return place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported(tree: ast.AST, *, for_types: bool = True) -> Iterator[tuple[str, int]]:
    """Every module, or name in a module, that is imported anywhere in the file."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if not for_types and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            skipped |= {id(below) for below in ast.walk(node)}
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def within(name: str, rooms: tuple[str, ...]) -> bool:
    """Whether the name lies in one of the rooms."""
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def the_trainer_enters_by_its_doors(place: str, tree: ast.Module) -> Iterator[str]:
    """A new room of the platform is closed to the trainer until somebody opens it here."""
    if not place.startswith("trainer/"):
        return
    for name, line in imported(tree):
        if within(name, ("app",)) and not within(name, (*TRAINER_MAY, "app.__version__")) and name != "app":
            yield f"{place}:{line} takes {name}"


def statistics_know_arrays_alone(place: str, tree: ast.Module) -> Iterator[str]:
    """Arrays in, frozen results out: numpy, scipy, and what comes with Python."""
    if not place.startswith("app/analysis/"):
        return
    for name, line in imported(tree):
        if name.split(".")[0] not in _STANDARD and not within(name, STATISTICS_MAY):
            yield f"{place}:{line} takes {name}"


def a_library_stays_in_its_rooms(place: str, tree: ast.Module) -> Iterator[str]:
    """What a library does is known where it belongs and nowhere else."""
    for name, line in imported(tree):
        rooms = ONLY_IN.get(name.split(".")[0])
        if rooms is not None and not within(module_of(place), rooms):
            yield f"{place}:{line} takes {name}, which belongs to {', '.join(rooms)}"


def the_platform_knows_no_network(place: str, tree: ast.Module) -> Iterator[str]:
    """The server starts without PyTorch; a job is named in an argv."""
    for name, line in imported(tree):
        if place.startswith("app/") and name.split(".")[0] in {"trainer", "torch", "torchvision", "pyiqa", "ray"}:
            yield f"{place}:{line} takes {name}"


def exceptions_without_use(trees: Mapping[str, ast.Module]) -> Iterator[str]:
    """Every door of the trainer, and every room of a library, that nobody goes through."""
    taken = [(module_of(place), name) for place, tree in trees.items() for name, _ in imported(tree)]
    for door in TRAINER_MAY:
        if not any(within(own, ("trainer",)) and within(name, (door,)) for own, name in taken):
            yield f"the trainer takes nothing from {door}"
    for library, rooms in ONLY_IN.items():
        for room in rooms:
            if not any(within(own, (room,)) and within(name, (library,)) for own, name in taken):
                yield f"{room} takes nothing from {library}"


def circles(trees: Mapping[str, ast.Module]) -> Iterator[str]:
    """Every circle of modules that import each other at run time, once."""
    modules = {module_of(place) for place in trees}
    needs: dict[str, set[str]] = {}
    for place, tree in trees.items():
        own = module_of(place)
        found = {name if name in modules else name.rpartition(".")[0] for name, _ in imported(tree, for_types=False)}
        needs[own] = {name for name in found & modules if name != own and not own.startswith(f"{name}.")}
    reach = {own: _reached(own, needs) for own in needs}
    told: set[str] = set()
    for own in sorted(needs):
        circle = sorted(other for other in reach[own] if own in reach.get(other, set()))
        if own in reach[own] and own not in told:
            told |= set(circle)
            yield f"a circle: {', '.join(circle)}"


def _reached(start: str, needs: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [*needs[start]]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += needs.get(name, set())
    return found


_STANDARD = frozenset(sys.stdlib_module_names)
RULES = (
    the_trainer_enters_by_its_doors,
    statistics_know_arrays_alone,
    a_library_stays_in_its_rooms,
    the_platform_knows_no_network,
)
