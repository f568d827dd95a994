"""Rules for Python files: each takes a file's place and tree, and tells what breaks it."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator

Rule = Callable[[str, ast.Module], Iterator[str]]

LINES, FUNCTION_LINES = 300, 40
LONG_FUNCTIONS = {
    "app/cli/matrix.py: matrix": "nine options, each declared with its sentence of help",
}
FACADES = {  # modules that hand on what others define
    "app/jobs/contract.py": "what crosses the process boundary is one contract, written down in four files",
    "app/jobs/store.py": "the queue as people use it: what changes it, and the views of it",
}
_HISTORY = "migrations/"  # is not edited for its looks
_NOBODY_KNOWS = {"utils", "util", "helpers", "helper", "constants", "common", "misc", "shared", "tools"}
_CLOCKS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns")
_OPENS = {"Settings", "read_settings", "Database", "Media", "open", "create_engine", "configure", "connect", "getenv"}
_CHANGES = {"append", "add", "update", "pop", "setdefault", "clear", "extend", "insert", "remove", "discard"}
_EMPTY = {"list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict"}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call in the tree by its dotted name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """What is carried out when the module is imported, down to what functions and branches for others hold."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, _Function | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
            continue
        yield node
        waiting += ast.iter_child_nodes(node)


def module_names(tree: ast.Module) -> set[str]:
    """The names that the module itself gives values to."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


def nothing_is_printed(place: str, tree: ast.Module) -> Iterator[str]:
    """A command says things by typer.echo, the trainer by its report, everything else by the log."""
    for name, call in calls(tree):
        if name in ("print", "pprint", "pprint.pprint"):
            yield f"{place}:{call.lineno} prints"


def time_comes_from_the_clock(place: str, tree: ast.Module) -> Iterator[str]:
    """What time it is is asked in one place; durations are measured by monotonic() and perf_counter()."""
    if place == "app/clock.py":
        return
    for name, call in calls(tree):
        if name.endswith(_CLOCKS):
            yield f"{place}:{call.lineno} calls {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            for alias in node.names:
                if alias.name in ("time", "time_ns"):
                    yield f"{place}:{node.lineno} takes {alias.name} out of time"


def commits_stay_in_the_database_room(place: str, tree: ast.Module) -> Iterator[str]:
    """A service opens its transaction by read() or write(), which end it."""
    if place.startswith(("app/db/", _HISTORY)):
        return
    for name, call in calls(tree):
        if name.endswith((".commit", ".rollback")):
            yield f"{place}:{call.lineno} calls {name}"


def nothing_happens_at_import(place: str, tree: ast.Module) -> Iterator[str]:
    """Settings, databases, stores and files are opened by whoever needs them, never by an import."""
    if place in ("migrations/env.py", "app/cli/__main__.py"):
        return  # entry points: being imported is being started
    for node in at_import(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name.rpartition(".")[2] in _OPENS or name.endswith((".read_text", ".read_bytes")):
                yield f"{place}:{node.lineno} calls {name} at import"


def no_module_keeps_state(place: str, tree: ast.Module) -> Iterator[str]:
    """What a module holds is the same from import to exit: tables are written once, whole."""
    own = module_names(tree)
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and _is_to_be_filled(node.value):
            yield f"{place}:{node.lineno} makes something empty to be filled later"
    for function in (node for node in ast.walk(tree) if isinstance(node, _Function)):
        theirs = {arg.arg for arg in ast.walk(function) if isinstance(arg, ast.arg)}
        theirs |= {
            name.id for name in ast.walk(function) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
        }
        for node in ast.walk(function):
            yield from _changes(place, node, own - theirs)


def _is_to_be_filled(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        name = ast.unparse(value.func).rpartition(".")[2]
        return name in _EMPTY and (not value.args or name == "defaultdict")  # dict(…) of something is a table
    return isinstance(value, ast.List | ast.Dict) and not ast.unparse(value).strip("[]{}")


def _changes(place: str, node: ast.AST, own: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Global):
        yield f"{place}:{node.lineno} says global {', '.join(node.names)}"
    written = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del)
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGES
    holder = node.value if written else node.func.value if called else None  # type: ignore[attr-defined]
    if isinstance(holder, ast.Name) and holder.id in own:
        yield f"{place}:{holder.lineno} changes {holder.id}"


def a_file_says_what_it_is_and_stays_short(place: str, tree: ast.Module) -> Iterator[str]:
    """Its first lines say what room this is; three hundred lines are read in one sitting."""
    if not ast.get_docstring(tree):
        yield f"{place} does not say what room this is"
    if place.startswith(_HISTORY):
        return
    last = max((getattr(node, "end_lineno", 0) for node in tree.body), default=0)
    if last > LINES:
        yield f"{place} has {last} lines; {LINES} are allowed"


def functions_stay_short(place: str, tree: ast.Module) -> Iterator[str]:
    """A function is seen whole."""
    if place.startswith(_HISTORY):
        return
    for node in ast.walk(tree):
        if isinstance(node, _Function) and f"{place}: {node.name}" not in LONG_FUNCTIONS:
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{place}:{node.lineno} {node.name} has {lines} lines; {FUNCTION_LINES} are allowed"


def a_name_says_what_is_inside(place: str, tree: ast.Module) -> Iterator[str]:
    """Nobody can guess what lies in a drawer called utils."""
    for part in place.removesuffix(".py").split("/"):
        if part.strip("_") in _NOBODY_KNOWS:
            yield f"{place}: a drawer called {part} hides what is in it"


def a_name_is_taken_from_where_it_is_defined(place: str, tree: ast.Module) -> Iterator[str]:
    """Without ``__all__`` a module hands nothing on that it has imported: mypy sees to that."""
    if place.endswith("__init__.py") or place in FACADES:
        return
    if "__all__" in module_names(tree):
        yield f"{place} hands names on"


def markup_says_why_it_is_safe(place: str, tree: ast.Module) -> Iterator[str]:
    """What is no literal becomes Markup only in a function whose docstring says what is escaped."""
    reasoned: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, _Function) and "escape" in (ast.get_docstring(node) or "").lower():
            reasoned |= {id(below) for below in ast.walk(node)}
    for name, call in calls(tree):
        literal = all(isinstance(argument, ast.Constant) for argument in call.args)
        if name.rpartition(".")[2] == "Markup" and not literal and id(call) not in reasoned:
            yield f"{place}:{call.lineno} makes Markup and does not say what is escaped"


def untold(place: str, tree: ast.Module, siblings: Iterable[str]) -> Iterator[str]:
    """Which files a large room's first lines do not tell of, and which they tell of that are not there."""
    told = set(re.findall(r"``(\w+)``", ast.get_docstring(tree) or ""))
    there = {name for name in siblings if not name.startswith("_")}
    yield from (f"{place} does not tell of {name}" for name in sorted(there - told))
    yield from (f"{place} tells of {name}, which is not there" for name in sorted(told - there))


RULES: tuple[Rule, ...] = (
    nothing_is_printed,
    time_comes_from_the_clock,
    commits_stay_in_the_database_room,
    nothing_happens_at_import,
    no_module_keeps_state,
    a_file_says_what_it_is_and_stays_short,
    functions_stay_short,
    a_name_says_what_is_inside,
    a_name_is_taken_from_where_it_is_defined,
    markup_says_why_it_is_safe,
)
