"""What is drawn above an image: sets of masks and of boxes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import orjson

from site_builder.items import BoxSet, ClassCount, MaskSet, Score

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from site_builder.items import ImageItem
    from site_builder.kinds.loader import Door

SETS = 20
"""Named sets of an image that are shown."""
BOXES = 10_000
"""Boxes of a set that are shown."""
_FILE = 20_000_000
_CLASSES = 5_000_000
_Labels = dict[int, tuple[str, str]]
"""Name and colour of a class id."""


def masks(sets: Any, image: ImageItem, door: Door) -> tuple[MaskSet, ...]:
    """Return the masks of a record; one that cannot be shown says why."""
    return tuple(_told(name, record, MaskSet, lambda n, r: _mask(n, r, image, door)) for name, record in _sets(sets))


def boxes(sets: Any, image: ImageItem, door: Door) -> tuple[BoxSet, ...]:
    """Return the boxes of a record; a set that cannot be shown says why."""
    return tuple(_told(name, record, BoxSet, lambda n, r: _boxes(n, r, image, door)) for name, record in _sets(sets))


def _sets(sets: Any) -> list[tuple[str, Any]]:
    return [(str(name), record) for name, record in list(sets.items())[:SETS]] if isinstance(sets, dict) else []


def _told(name: str, record: Any, kind: Any, make: Callable[[str, Any], Any]) -> Any:
    try:
        return make(name, record)
    except ValueError as error:
        return kind(name=name, error=str(error))
    except Exception as error:  # whatever a stranger's record does to a loader costs this set alone
        return kind(name=name, error=f"the record of {name} is damaged ({type(error).__name__})")


def _mask(name: str, record: Any, image: ImageItem, door: Door) -> MaskSet:
    found = door.mask(record["path"])
    labels = _labels(record, door)
    note = ""
    if (found.width, found.height) != (image.width, image.height):
        note = (
            f"the mask {name} has {found.width} × {found.height} pixels and its image {image.width} × {image.height}: "
            "it is stretched"
        )
    counted = zip(found.ids, found.pixels, strict=True)
    return MaskSet(
        name=name,
        payload=door.payload(found.data),
        width=found.width,
        height=found.height,
        classes=tuple(_class(id_, count, labels) for id_, count in counted),
        note=note,
    )


def _class(id_: int, count: int, labels: _Labels) -> ClassCount:
    label, colour = labels.get(id_, (f"class_{id_}" if id_ >= 0 else "no class", ""))
    return ClassCount(id_, label, colour, count)


def _boxes(name: str, record: Any, image: ImageItem, door: Door) -> BoxSet:
    labels = _labels(record, door)
    data = record["box_data"] if "box_data" in record else orjson.loads(door.read(record["path"], _FILE))["box_data"]
    kept = [_box(box, image) for box in data[:BOXES]]
    counts: dict[int, int] = {}
    for box in kept:
        counts[box[0]] = counts.get(box[0], 0) + 1
    notes = [f"the first {BOXES:,} of {len(data):,} boxes of {name} are shown"] if len(data) > BOXES else []
    beyond = sum(box[7] for box in kept)
    if beyond:
        boxes_ = "1 box reaches" if beyond == 1 else f"{beyond} boxes reach"
        notes.append(f"{boxes_} beyond the image: drawn up to its edge")
    return BoxSet(
        name=name,
        payload=door.payload(orjson.dumps(kept)),
        classes=tuple(_class(id_, counts[id_], labels) for id_ in sorted(counts)),
        scores=_scores(box[2] for box in kept),
        note="; ".join(notes),
    )


def _box(box: Any, image: ImageItem) -> tuple[int, str, dict[str, float], float, float, float, float, bool]:
    """Return class id, caption, scores, left, top, right, bottom (shares of the image, clipped), and whether it was."""
    position = box["position"]
    if "middle" in position:
        (x, y), width, height = position["middle"], position["width"], position["height"]
        corners = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    else:
        corners = (position["minX"], position["minY"], position["maxX"], position["maxY"])
    sides = (image.width, image.height) * 2 if box.get("domain") == "pixel" else (1, 1, 1, 1)
    shares = [float(corner) / side for corner, side in zip(corners, sides, strict=True)]
    left, right = sorted((shares[0], shares[2]))
    top, bottom = sorted((shares[1], shares[3]))
    clipped = [min(1.0, max(0.0, round(share, 5))) for share in (left, top, right, bottom)]
    slack = 1e-3
    beyond = left < -slack or top < -slack or right > 1 + slack or bottom > 1 + slack
    id_ = box.get("class_id")
    caption = box.get("box_caption")
    scores = box.get("scores")
    return (
        id_ if isinstance(id_, int) else -1,
        caption[:200] if isinstance(caption, str) else "",
        {str(key): float(score) for key, score in scores.items() if _is_number(score)} if scores else {},
        clipped[0],
        clipped[1],
        clipped[2],
        clipped[3],
        beyond,
    )


def _scores(all_scores: Iterable[Mapping[str, float]]) -> tuple[Score, ...]:
    found: dict[str, tuple[float, float]] = {}
    for scores in all_scores:
        for name, score in scores.items():
            low, high = found.get(name, (score, score))
            found[name] = (min(low, score), max(high, score))
    return tuple(Score(name, low, high) for name, (low, high) in found.items())


def _labels(record: Any, door: Door) -> _Labels:
    """Return the names of class ids: of a file, or, as the reference has them, in the record."""
    if isinstance(record.get("class_labels"), dict):
        return {int(id_): (str(name), "") for id_, name in record["class_labels"].items()}
    path = record.get("classes")
    if not isinstance(path, str):
        return {}
    try:
        entries = orjson.loads(door.read(path, _CLASSES))["class_set"]
        return {int(entry["id"]): (str(entry["name"]), _colour(entry.get("color"))) for entry in entries}
    except (ValueError, KeyError, TypeError):
        return {}  # classes without a name are shown by their ids


def _colour(value: Any) -> str:
    if isinstance(value, str) and len(value) == 7 and value[0] == "#":  # noqa: PLR2004 - #rrggbb
        try:
            return f"#{int(value[1:], 16):06x}"
        except ValueError:
            return ""
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
