"""The OpenAPI document says enough, and nothing that it should not."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from app.web.api.document import document
from app.web.tokens import Scope

OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
}


def messages(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for message in (operation.get("requestBody", {}), *operation["responses"].values()):
        yield from message.get("content", {}).items()


def test_only_the_interfaces_own_routes_are_in_it() -> None:
    assert len(OPERATIONS) > 35
    assert all(path.startswith("/api/v1/") for path in document()["paths"])


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_route_has_a_sentence_a_heading_a_scope_and_examples_that_fit(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation["description"].endswith(".")
    assert operation["tags"][0] in {tag["name"] for tag in document()["tags"]}
    assert set(operation["security"][0]["token"]) <= {scope.value for scope in Scope}
    told = 0
    for kind, content in messages(operation):
        if kind in ("application/json", "application/problem+json"):
            examples = [content["example"]] if "example" in content else content["examples"].values()
            whole = content["schema"] | {"components": document()["components"]}
            for example in examples:
                jsonschema_rs.validate(whole, example.get("value", example) if kind.endswith("+json") else example)
                told += 1
    assert told


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_route_declares_what_it_can_refuse(name: str) -> None:
    operation = OPERATIONS[name]
    refusals = {status for status in operation["responses"] if status >= "400"}
    assert refusals >= {"400", "401", "403", "422", "429", "500"}
    if "requestBody" in operation:
        assert refusals >= {"413", "415"}
    for status in refusals:
        assert list(operation["responses"][status]["content"]) == ["application/problem+json"]


def test_it_holds_no_token_and_no_trace_of_an_installation() -> None:
    text = json.dumps(document())
    assert "bh_" not in text.replace("bh_…", "").replace("bh_\\u2026", "")
    assert "localhost" not in text
