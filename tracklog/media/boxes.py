"""Boxes around things in an image, one or several named sets of them."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from tracklog.media import classes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracklog.media.base import MediaDoor

_CORNERS, _MIDDLE = ("minX", "maxX", "minY", "maxY"), ("width", "height")


class BoundingBoxes2D:
    """One set of boxes: ``{"box_data": [{"position": …, …}, …], "class_labels": {id: name}?}``.

    A position is ``{minX, maxX, minY, maxY}`` or ``{middle: [x, y], width, height}``, in shares of the image, or in
    pixels with ``"domain": "pixel"``. A box may have ``class_id``, ``box_caption`` and ``scores`` (``{name: number}``).
    Raises TypeError for anything else.
    """

    def __init__(self, val: Mapping[str, Any], key: str) -> None:
        if not isinstance(val, dict) or "box_data" not in val:
            raise TypeError(f'Missing key "box_data": the boxes {key!r} require a list of boxes')
        data = val["box_data"]
        if not isinstance(data, (list, tuple)):
            raise TypeError(f"Boxes must be a list: box_data of {key!r} is of type {type(data).__name__}")
        self.boxes = [_box(box, f"box {n} of {key!r}") for n, box in enumerate(data)]
        given = val.get("class_labels")
        self.classes = None if given is None else classes.labelled(given)

    def to_record(self, door: MediaDoor, default: classes.Classes | None = None) -> dict[str, object]:
        """Return ``boxes2D`` with path, sha256, size, the number of boxes and the path of their classes."""
        data = json.dumps({"box_data": self.boxes}, ensure_ascii=False).encode("utf-8", "replace")
        record: dict[str, object] = {"_type": "boxes2D", **door.put_bytes("boxes", data, "boxes2D.json")}
        record["count"] = len(self.boxes)
        named = self.classes or default
        if named is not None:
            record["classes"] = named.put(door)
        return record


def read(value: object) -> dict[str, BoundingBoxes2D]:
    """Return the sets that ``Image(boxes=)`` was given. Raises TypeError."""
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        raise TypeError(f'boxes must be a dict: {{"predictions": {{"box_data": […]}}}}, not {value!r:.60}')
    return {
        name: one if isinstance(one, BoundingBoxes2D) else BoundingBoxes2D(one, name) for name, one in value.items()
    }


def _box(box: Any, name: str) -> dict[str, object]:
    if not isinstance(box, dict):
        raise TypeError(f"{name} must be a dict with a position, not {box!r:.60}")
    found: dict[str, object] = {"position": _position(box.get("position"), name)}
    if box.get("domain") is not None:
        found["domain"] = _text(box["domain"], f"the domain of {name}")
    if box.get("class_id") is not None:
        found["class_id"] = classes.class_id(box["class_id"])
    if box.get("box_caption") is not None:
        found["box_caption"] = _text(box["box_caption"], f"box_caption of {name}")
    if box.get("scores") is not None:
        scores = box["scores"]
        if not isinstance(scores, dict):
            raise TypeError(f"Box scores must be a dictionary: those of {name} are {scores!r:.60}")
        found["scores"] = {str(key): _number(score, f"the score {key!r} of {name}") for key, score in scores.items()}
    return found


def _position(position: Any, name: str) -> dict[str, object]:
    says = (
        f"the position of {name} must be a dict {{minX, maxX, minY, maxY}} or {{middle: [x, y], width, height}} of "
        f"numbers, not {position!r:.100}"
    )
    if not isinstance(position, dict):
        raise TypeError(says)
    if all(key in position for key in _CORNERS):
        return {key: _finite(position[key], says) for key in _CORNERS}
    if "middle" in position and all(key in position for key in _MIDDLE):
        middle = list(position["middle"]) if hasattr(position["middle"], "__iter__") else []
        if len(middle) == 2:  # noqa: PLR2004 - x and y
            sides = {key: _finite(position[key], says) for key in _MIDDLE}
            return {"middle": [_finite(part, says) for part in middle], **sides}
    raise TypeError(says)


def _finite(value: Any, says: str) -> float | int:
    try:
        number = _number(value, "")
    except TypeError:
        number = None
    if number is None:
        raise TypeError(says)
    return number


def _number(value: Any, name: str) -> float | int | None:
    """Return a number of any library as a plain one; None for one that is not finite."""
    if isinstance(value, (str, bytes)) or not hasattr(value, "__float__"):
        raise TypeError(f"{name} must be a number, not {value!r:.60}")
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must be a number, not {value!r:.60}") from error
    if not math.isfinite(number):
        return None
    return int(number) if isinstance(value, int) and not isinstance(value, bool) else number


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {value!r:.60}")
    return value
