"""The classes that masks and boxes of images name by their ids."""

from __future__ import annotations

import json
import operator
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracklog.media.base import MediaDoor

_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")
_BYTE = 255


class Classes:
    """Names of class ids: ``[{"id": 0, "name": "road"}, …]``.

    A class may bring a ``color`` (``"#rrggbb"`` or three numbers, 0 to 255); the page chooses those that are missing.
    Raises TypeError for anything else.
    """

    def __init__(self, class_set: Iterable[Mapping[str, Any]]) -> None:
        self.class_set = [_entry(item) for item in class_set]

    def to_record(self) -> dict[str, object]:
        """Return the JSON value of the classes."""
        return {"_type": "classes", "class_set": self.class_set}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Classes) and self.class_set == other.class_set

    def __hash__(self) -> int:
        return hash(json.dumps(self.class_set))

    def put(self, door: MediaDoor) -> str:
        """Keep them in the run, equal ones once; return their path there."""
        return door.put_bytes("classes", json.dumps(self.to_record()).encode(), "classes.json")["path"]


def labelled(class_labels: object) -> Classes:
    """Return classes of ``{id: name}``. Raises TypeError."""
    if not isinstance(class_labels, dict):
        raise TypeError(f"class_labels must be a dict of ids to names, not {type(class_labels).__name__}")
    return Classes([{"id": key, "name": name} for key, name in class_labels.items()])


def of(value: object) -> Classes | None:
    """Return what ``Image(classes=)`` was given. Raises TypeError."""
    if value is None or isinstance(value, Classes):
        return value
    if isinstance(value, dict):
        return labelled(value)
    if isinstance(value, (list, tuple)):
        return Classes(value)
    raise TypeError(f'classes must be Classes([{{"id": 0, "name": "road"}}, …]), not {type(value).__name__}')


def class_id(value: object) -> int:
    """Return an id as a plain integer. Raises TypeError."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"a class id must be an integer, not {value!r:.60}") from None


def _entry(item: Any) -> dict[str, object]:
    if not isinstance(item, dict) or "id" not in item or not isinstance(item.get("name"), str):
        raise TypeError(
            f'Class labels must be a dictionary of numbers to strings, such as {{0: "road"}}; got {item!r:.80}'
        )
    entry: dict[str, object] = {"id": class_id(item["id"]), "name": item["name"]}
    if item.get("color") is not None:
        entry["color"] = _colour(item["color"])
    return entry


def _colour(value: Any) -> str:
    if isinstance(value, str) and _HEX.match(value):
        return value.lower()
    try:
        red, green, blue = (min(_BYTE, max(0, round(float(part)))) for part in value)
    except (TypeError, ValueError):
        raise TypeError(f'a color is "#rrggbb" or three numbers from 0 to 255, not {value!r:.60}') from None
    return f"#{red:02x}{green:02x}{blue:02x}"
