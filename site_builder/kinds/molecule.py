"""Molecules: their file, for the viewer that parses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_builder.items import LimitError, MediaValue, MoleculeItem
from site_builder.kinds import listed
from tracklog.store import layout

if TYPE_CHECKING:
    from site_builder.kinds.loader import Door
    from site_builder.model import Kind

KIND: Kind = "molecule"
TYPES = ("molecule-file", "molecule")
ASSETS = ("molecule",)
LARGEST = 30_000_000
"""Bytes of a file that is shown."""


def load(value: Any, door: Door) -> MediaValue:
    """Return the molecules of a record."""
    return listed.load(value, lambda record: _item(record, door), MoleculeItem)


def broken() -> MediaValue:
    """Return what stands for a record that cannot be read."""
    return listed.broken(MoleculeItem)


def _item(record: Any, door: Door) -> MoleculeItem:
    path = record["path"]
    extension = listed.extension(path)
    if extension not in layout.MOLECULES:
        raise LimitError(f"{path} is none of {', '.join(layout.MOLECULES)}")
    data = door.read(path, LARGEST)
    if not data.strip():
        raise ValueError(f"{path} is empty")
    return MoleculeItem(payload=door.payload(data), bytes=len(data), caption=listed.caption(record), format=extension)
