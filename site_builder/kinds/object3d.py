"""Things in three dimensions: meshes as they were logged, clouds of points as numbers that a page can draw at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import orjson

from site_builder.items import Arrow, Box3D, LimitError, MediaValue, Object3DItem
from site_builder.kinds import listed
from site_builder.pictures import clouds, gltf

if TYPE_CHECKING:
    from site_builder.kinds.loader import Door
    from site_builder.model import Kind
    from site_builder.pictures.clouds import Cloud

KIND: Kind = "object3d"
TYPES = ("object3D-file", "object3D")
ASSETS = ("object3d",)
MESHES: dict[str, Literal["obj", "glb", "stl"]] = {"obj": "obj", "glb": "glb", "gltf": "glb", "stl": "stl"}
LARGEST = 100_000_000
"""Bytes of a file that is shown."""
_SHOWN = 2_000
"""Boxes and arrows of a scene that are drawn, at most."""


def load(value: Any, door: Door) -> MediaValue:
    """Return the objects of a record."""
    return listed.load(value, lambda record: _item(record, door), Object3DItem)


def broken() -> MediaValue:
    """Return what stands for a record that cannot be read."""
    return listed.broken(Object3DItem)


def _item(record: Any, door: Door) -> Object3DItem:
    path = record["path"]
    data = door.read(path, LARGEST)
    facts: dict[str, Any] = {"bytes": len(data), "caption": listed.caption(record)}
    extension = listed.extension(path)
    if extension == "npy":
        return _cloud(clouds.of_array(data), {}, facts, door)
    if extension == "json":
        return _scene(data, record, facts, door)
    if extension == "babylon":
        raise LimitError(f"{path}: this site draws obj, gltf, glb and stl, not babylon; export the scene as glb")
    if extension not in MESHES:
        raise LimitError(f"{path} is none of {', '.join(MESHES)}")
    if extension == "gltf":
        data = gltf.packed(data)
    return Object3DItem(**facts, payload=door.payload(data), format=MESHES[extension])


def _scene(data: bytes, record: Any, facts: dict[str, Any], door: Door) -> Object3DItem:
    try:
        scene = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"{record['path']} is damaged: {error}") from error
    points = record.get("points")
    if isinstance(points, dict):
        return _cloud(clouds.of_array(door.read(points["path"], LARGEST)), scene, facts, door)
    listed_points = scene.get("points") if isinstance(scene, dict) else scene
    if listed_points is None and not (isinstance(scene, dict) and (scene.get("boxes") or scene.get("vectors"))):
        raise ValueError(f"{record['path']} is damaged: it holds neither points nor boxes nor vectors")
    return _cloud(clouds.of_list(listed_points), scene if isinstance(scene, dict) else {}, facts, door)


def _cloud(cloud: Cloud, scene: dict[str, Any], facts: dict[str, Any], door: Door) -> Object3DItem:
    boxes = [_box(box) for box in scene.get("boxes") or ()]
    arrows = [_arrow(vector) for vector in scene.get("vectors") or ()]
    placed = [box for box in boxes if _is_near(*box.corners)]
    pointed = [arrow for arrow in arrows if _is_near(arrow.start, arrow.end)]
    lost = len(boxes) - len(placed) + len(arrows) - len(pointed)
    notes = [
        note for note in (cloud.note, lost and f"{lost:,} of the boxes and arrows without a place left out") if note
    ]
    return Object3DItem(
        **facts,
        format="cloud",
        payload=door.payload(cloud.data),
        points=cloud.drawn,
        total=cloud.total,
        colours=cloud.colours,
        center=cloud.center,
        boxes=tuple(placed[:_SHOWN]),
        arrows=tuple(pointed[:_SHOWN]),
        note="; ".join(notes),
    )


def _box(box: Any) -> Box3D:
    corners = tuple(_place(corner) for corner in box["corners"])
    if len(corners) != 8:  # noqa: PLR2004 - a box
        raise ValueError(f"a box of this scene has {len(corners)} corners instead of 8")
    label, score = box.get("label"), box.get("score")
    return Box3D(
        corners,
        str(label) if label is not None else "",
        _colour(box.get("color")),
        float(score) if isinstance(score, int | float) else None,
    )


def _arrow(vector: Any) -> Arrow:
    return Arrow(_place(vector["start"]), _place(vector["end"]), _colour(vector.get("color")))


def _place(value: Any) -> tuple[float, float, float]:
    x, y, z = (float(part) for part in value)
    return x, y, z


def _is_near(*places: tuple[float, float, float]) -> bool:
    return all(abs(part) < clouds.FARTHEST for place in places for part in place)


def _colour(value: Any) -> tuple[int, int, int] | None:
    if not isinstance(value, list) or len(value) < 3:  # noqa: PLR2004 - red, green, blue
        return None
    red, green, blue = (min(255, max(0, int(part))) for part in value[:3])
    return red, green, blue
