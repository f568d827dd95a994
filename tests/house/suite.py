"""Rules for the tests themselves: each takes a file's place and tree, and tells what breaks it."""

import ast
from collections.abc import Iterator, Mapping

OF_THE_WHOLE = {"docs", "e2e", "house", "oracles", "packaging"}  # folders of tests that belong to no room
FEWEST_WORDS = 3  # "weights are votes" is one


def _tests(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def a_test_lies_beside_its_room(place: str, tree: ast.Module, rooms: frozenset[str]) -> Iterator[str]:
    """tests/web holds what app/web does; tests/test_media.py what app/media.py does."""
    parts = place.split("/")[1:]
    if not parts[-1].startswith("test_"):
        return
    room = parts[0] if len(parts) > 1 else parts[0].removeprefix("test_").removesuffix(".py")
    if room not in rooms | OF_THE_WHOLE | {"trainer"}:
        yield f"{place} mirrors no room: there is no {room}"


def a_tests_name_is_a_sentence(place: str, tree: ast.Module, rooms: frozenset[str]) -> Iterator[str]:
    """It says the behaviour: who does what, and what comes of it."""
    for test in _tests(tree):
        if len(test.name.removeprefix("test_").split("_")) < FEWEST_WORDS:
            yield f"{place}:{test.lineno} {test.name} is no sentence"


def a_name_is_taken_once(place: str, tree: ast.Module, rooms: frozenset[str]) -> Iterator[str]:
    """Of two tests with one name, Python keeps the second and forgets the first."""
    seen: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            if node.name in seen:
                yield f"{place}:{node.lineno} {node.name} is there twice"
            seen.add(node.name)


def a_skipped_test_says_why(place: str, tree: ast.Module, rooms: frozenset[str]) -> Iterator[str]:
    """What is not run is written down with its reason, three words at least."""
    for node in ast.walk(tree):
        marked = isinstance(node, ast.Attribute) and ast.unparse(node) in {f"pytest.mark.{one}" for one in _AWAY}
        called = isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in _AWAY
        if isinstance(node, ast.Call) and called:
            told = [key.value for key in node.keywords if key.arg == "reason"] + node.args[-1:]
            if not any(_is_reason(one) for one in told):
                yield f"{place}:{node.lineno} {ast.unparse(node.func)} without a reason"
        elif marked and not _is_called(tree, node):
            yield f"{place}:{node.lineno} {ast.unparse(node)} without a reason"


def silent(trees: Mapping[str, ast.Module]) -> Iterator[str]:
    """Every test that cannot fail: it neither asserts, nor expects an error, nor calls a helper that does."""
    helpers: dict[str, list[ast.AST]] = {}
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                helpers.setdefault(node.name, []).append(node)
    says, found = set[str](), {name for name, bodies in helpers.items() if any(map(_expects, bodies))}
    while found - says:
        says |= found
        found = {name for name, bodies in helpers.items() if any(says & _called(body) for body in bodies)}
    for place, tree in trees.items():
        for test in _tests(tree):
            if test.name not in says:
                yield f"{place}:{test.lineno} {test.name} cannot fail"


def _expects(body: ast.AST) -> bool:
    asserts = any(isinstance(node, ast.Assert) for node in ast.walk(body))
    return asserts or any(name in _EXPECTING or name.startswith("assert_") for name in _called(body))


def _called(body: ast.AST) -> set[str]:
    calls = (node for node in ast.walk(body) if isinstance(node, ast.Call))
    return {ast.unparse(call.func).rpartition(".")[2] for call in calls}


def _is_called(tree: ast.Module, mark: ast.AST) -> bool:
    return any(isinstance(node, ast.Call) and node.func is mark for node in ast.walk(tree))


def _is_reason(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return True
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value.split()) >= 3


# of pytest and Playwright; numpy's begin with assert_; a stand-in that must not be called raises the last
_EXPECTING = {"raises", "warns", "fail", "expect", "AssertionError"}
_AWAY = {"skip", "skipif", "xfail", "importorskip"}
RULES = (
    a_test_lies_beside_its_room,
    a_tests_name_is_a_sentence,
    a_name_is_taken_once,
    a_skipped_test_says_why,
)
