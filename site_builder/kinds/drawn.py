"""Kinds whose viewers draw an item in a cell of a table; tables are none of them, since they could hold each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_builder.kinds import audio, html, image, molecule, object3d, plotly, vega, video
from site_builder.kinds.loader import Loader, loaded

if TYPE_CHECKING:
    from site_builder.kinds.loader import Door
    from site_builder.model import Kind

LOADERS: dict[Kind, Loader] = {
    loader.KIND: loader for loader in (audio, html, image, molecule, object3d, plotly, vega, video)
}
_BY_TYPE = {record: loader for loader in LOADERS.values() for record in loader.TYPES}


def kind_of(cell: dict[str, Any]) -> Kind | None:
    """Return the kind of a cell; None when no viewer draws it."""
    loader = _BY_TYPE.get(str(cell.get("_type")))
    return None if loader is None else loader.KIND


def items(cell: dict[str, Any], door: Door) -> Any:
    """Return what the page draws for a cell that has a kind; a damaged one says so itself."""
    return loaded(_BY_TYPE[cell["_type"]], cell, door).items
