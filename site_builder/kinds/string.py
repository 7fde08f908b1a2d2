"""Strings over steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from site_builder.model import Kind

KIND: Kind = "string"
TYPES = ("string",)
ASSETS = ("text",)


def load(value: Any, _: object) -> str:
    """Return the string; one that looks like a number JSON lacks is logged wrapped."""
    return str(value["value"]) if isinstance(value, dict) else str(value)


def broken() -> str:
    """Return what stands for a wrapped string without its value."""
    return ""
