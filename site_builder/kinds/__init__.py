"""Kinds of values: one pure loader each, from what was logged to what the page draws.

A loader is a module (`loader.Loader`); `loader.Door` is all it may ask of the run's files. Adding a kind means adding
its module here, its class to the recorder and its viewer (``templates/src/viewers/<kind>.tsx``) to the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_builder.kinds import chart, drawn, histogram, other, string, table
from site_builder.kinds.loader import damage, loaded
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterable

    from site_builder.kinds.loader import Door, Loader
    from site_builder.model import Kind

__all__ = ["assets", "damage", "kind_of", "load"]

_LOADERS: dict[Kind, Loader] = {
    **drawn.LOADERS,
    **{loader.KIND: loader for loader in (chart, histogram, other, string, table)},
}
_KINDS: dict[str, Kind] = {record: loader.KIND for loader in _LOADERS.values() for record in loader.TYPES}
"""Kind of a logged record by its ``_type``."""


def assets(kinds: Iterable[Kind]) -> set[str]:
    """Return the scripts that the viewers of some kinds consist of."""
    return {name for kind in kinds if kind in _LOADERS for name in _LOADERS[kind].ASSETS}


def kind_of(value: object) -> Kind:
    """Return the kind of a logged JSON value."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "number" if value in layout.NON_FINITE else "string"
    if isinstance(value, dict):
        return _KINDS.get(str(value.get("_type")), "other")
    return "other"


def load(kind: Kind, value: object, door: Door) -> Any:
    """Return what the page draws for a value; one that is not as it should be is shown as empty or missing."""
    return loaded(_LOADERS[kind], value, door)
