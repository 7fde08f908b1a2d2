"""Everything the page has no drawing for: shown as it was logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_builder.values import exact

if TYPE_CHECKING:
    from site_builder.model import Kind

KIND: Kind = "other"
TYPES: tuple[str, ...] = ()
ASSETS = ("text",)


def load(value: Any, _: object) -> Any:
    """Return the value, whose integers may be wide."""
    return exact(value)


def broken() -> None:
    """Return nothing: a value of any shape is read as it is."""
