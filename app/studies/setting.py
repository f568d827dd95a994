"""A setting of the protocol: its default, what it is, and why the default is what it is."""

from typing import Any

from pydantic import Field


def setting(default: Any, what: str, why: str, **limits: Any) -> Any:
    """The field of a setting; form, API and guide read both texts from it."""
    return Field(default, description=what, json_schema_extra={"reason": why}, **limits)
