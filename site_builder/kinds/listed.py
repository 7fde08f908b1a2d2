"""What all media kinds share: a record stands for one item, or for a list of them, each damaged on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from site_builder.items import LimitError, MediaItem, MediaValue

if TYPE_CHECKING:
    from collections.abc import Callable

Item = TypeVar("Item", bound=MediaItem)


def load(value: Any, item: Callable[[Any], Item], blank: type[Item]) -> MediaValue:
    """Return the items of a record: those of its ``items``, else itself.

    `item` makes one of a record; a ValueError of it is a sentence that people read, anything else says that the record
    is damaged.
    """
    records = value.get("items", [value])
    return MediaValue(tuple(_one(record, item, blank) for record in records))


def broken(blank: type[MediaItem]) -> MediaValue:
    """Return what stands for a record that is not even a list of records."""
    return MediaValue((blank(error="the record of this item is damaged"),))


def caption(record: Any) -> str:
    """Return a record's caption, empty when it has none."""
    found = record.get("caption")
    return found if isinstance(found, str) else ""


def extension(path: str) -> str:
    """Return the extension of a path, lower case, without the dot."""
    return path.rpartition(".")[2].lower()


def _one(record: Any, item: Callable[[Any], Item], blank: type[Item]) -> Item:
    try:
        return item(record)
    except ValueError as error:
        return blank(caption=caption(record), error=str(error) or "damaged", whole=isinstance(error, LimitError))
    except Exception as error:  # whatever a stranger's record does to a loader costs this item alone
        return blank(error=f"the record of this item is damaged ({type(error).__name__})")
