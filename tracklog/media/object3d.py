"""Things in three dimensions: meshes as files, clouds of points as arrays, scenes with boxes and arrows."""

from __future__ import annotations

import io
import itertools
import math
from typing import TYPE_CHECKING, Any

from tracklog.media import source
from tracklog.media.array import to_numpy
from tracklog.media.base import Media
from tracklog.store import encoding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tracklog.media.base import MediaDoor

EXTENSIONS = ("obj", "gltf", "glb", "babylon", "stl", "pts.json")
SCENE = "lidar/beta"
_COLUMNS = (3, 4, 6)
"""x, y, z; with a category of 1 to 14; with red, green, blue of 0 to 255."""
_CORNERS = 8


def box3d(
    *,
    center: Sequence[float],
    size: Sequence[float],
    orientation: Sequence[float],
    color: Sequence[int],
    label: str | None = None,
    score: float | None = None,
) -> dict[str, Any]:
    """Return a box of a scene by its centre, its size, and a quaternion (real part first) that turns it.

    Raises ValueError when the quaternion has no length.
    """
    import numpy as np

    turn = np.asarray(orientation, float)
    length = float(np.linalg.norm(turn))
    if turn.shape != (4,) or not length > 0:
        raise ValueError(f"orientation is a quaternion of four numbers, not all zero; got {list(orientation)}")
    real, imaginary = turn[0] / length, turn[1:] / length
    corners = []
    for signs in itertools.product((-1, 1), repeat=3):
        corner = np.asarray(size, float) * signs / 2
        cross = np.cross(imaginary, corner)
        corners.append((corner + 2 * (real * cross + np.cross(imaginary, cross)) + np.asarray(center, float)).tolist())
    box: dict[str, Any] = {"corners": corners, "color": list(color)}
    return box | {name: value for name, value in (("label", label), ("score", score)) if value is not None}


class Object3D(Media):
    """A mesh, a cloud of points, or a scene.

    ``data_or_path``: an array of points (N × 3, N × 4 with a category of 1 to 14, N × 6 with red, green, blue of 0 to
    255, clamped), kept in their precision; a dict ``{"type": "lidar/beta", "points", "boxes", "vectors"}``; or the path
    of a file or an open file (obj, gltf, glb, babylon, stl, pts.json; ``file_type`` for one without a name), whose bytes
    are kept. Raises ValueError for other shapes, types of scene and of file, TypeError for values that are no numbers.
    """

    LIST_TYPE = "object3D"

    def __init__(self, data_or_path: Any, caption: str | None = None, file_type: str | None = None) -> None:
        self.caption = None if caption is None else str(caption)
        self.points: NDArray[Any] | None = None
        self.scene: dict[str, Any] = {}
        self.file: source.File | None = None
        if source.is_file(data_or_path):
            self.file = _taken(data_or_path, file_type)
        elif hasattr(data_or_path, "items"):
            self._take_scene(data_or_path)
        else:
            self.points = _points(data_or_path)

    @classmethod
    def from_file(cls, data_or_path: Any, file_type: str | None = None) -> Object3D:
        """Return the object of a file."""
        return cls(data_or_path, file_type=file_type)

    @classmethod
    def from_numpy(cls, data: Any) -> Object3D:
        """Return a cloud of points."""
        return cls(data)

    @classmethod
    def from_point_cloud(
        cls,
        points: Any,
        boxes: Sequence[Mapping[str, Any]] = (),
        vectors: Sequence[Mapping[str, Any]] | None = None,
        point_cloud_type: str = SCENE,
    ) -> Object3D:
        """Return a scene: points with boxes and vectors."""
        return cls({"type": point_cloud_type, "points": points, "boxes": boxes, "vectors": vectors or ()})

    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return ``object3D-file`` with path, sha256, size; for a scene ``points``, the file of its points.

        Points are a NumPy file, a scene is JSON with boxes and vectors.
        """
        record: dict[str, object] = {"_type": "object3D-file"}
        if self.file is not None:
            record |= self.file.put(door, "object3D")
        elif self.scene:
            record |= door.put_bytes("object3D", encoding.dumps(self.scene), "pts.json")
            record["points"] = door.put_bytes("object3D", _npy(self.points), "npy")
        else:
            record |= door.put_bytes("object3D", _npy(self.points), "npy")
        return record if self.caption is None else record | {"caption": self.caption}

    def _take_scene(self, scene: Mapping[str, Any]) -> None:
        if scene.get("type", SCENE) != SCENE:
            raise ValueError(f"a scene is of the type {SCENE!r}, not {scene['type']!r}")
        self.points = _points(scene.get("points", ()))
        boxes = [_box(box) for box in _listed(scene.get("boxes"))]
        vectors = [_vector(vector) for vector in _listed(scene.get("vectors"))]
        self.scene = {"type": SCENE, "boxes": boxes, "vectors": vectors}


def _taken(value: Any, file_type: str | None) -> source.File:
    """Return a file; ``pts.json`` is a type of two parts."""
    name = str(getattr(value, "name", value)).lower()
    if file_type is None and name.endswith(".pts.json"):
        found = source.take(value, "a 3D object", ("json",), "json")
        return source.File(found.content, "pts.json")
    return source.take(value, "a 3D object", EXTENSIONS, file_type)


def _points(data: Any) -> NDArray[Any]:
    import numpy as np

    points = np.asarray(to_numpy(data))
    if points.size == 0:
        none: NDArray[Any] = points.reshape(0, 3)
        return none
    if points.ndim != 2 or points.shape[1] not in _COLUMNS:  # noqa: PLR2004 - rows and columns
        raise ValueError(
            "The shape of the numpy array must be one of either n x 3, n x 4 (category from 1 to 14) or n x 6 (r, g, b); "
            f"got {list(points.shape)}"
        )
    kept: NDArray[Any] = points.copy()
    return kept


def _npy(points: Any) -> bytes:
    import numpy as np

    written = io.BytesIO()
    np.save(written, points, allow_pickle=False)
    return written.getvalue()


def _listed(items: Any) -> list[Any]:
    """Return boxes or vectors as a list: arrays of dicts are accepted, as are plain lists."""
    return [] if items is None else list(items.tolist() if hasattr(items, "tolist") else items)


def _box(box: Mapping[str, Any]) -> dict[str, Any]:
    corners = [_place(corner, "a corner of a box") for corner in _listed(_part(box, "corners", "a box"))]
    if len(corners) != _CORNERS:
        raise ValueError(f"a box has {_CORNERS} corners, this one {len(corners)}")
    found: dict[str, Any] = {"corners": corners}
    if box.get("color") is not None:
        found["color"] = _colour(box["color"])
    if box.get("label") is not None:
        found["label"] = str(box["label"])
    if box.get("score") is not None:
        found["score"] = float(box["score"])
    return found


def _vector(vector: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        end: _place(_part(vector, end, "a vector"), f"the {end} of a vector") for end in ("start", "end")
    }
    return found | ({"color": _colour(vector["color"])} if vector.get("color") is not None else {})


def _part(of: Mapping[str, Any], name: str, what: str) -> Any:
    if name not in of:
        raise ValueError(f"{what} needs {name!r}; this one has {', '.join(map(repr, of)) or 'nothing'}")
    return of[name]


def _place(value: Any, what: str) -> list[float]:
    place = [float(part) for part in _listed(value)]
    if len(place) != 3 or not all(map(math.isfinite, place)):  # noqa: PLR2004 - x, y, z
        raise ValueError(f"{what} is three finite numbers, not {place!r:.80}")
    return place


def _colour(value: Any) -> list[int]:
    """Return red, green, blue within 0 to 255: colours beyond are clamped."""
    return [min(255, max(0, int(part))) for part in _listed(value)[:3]]
