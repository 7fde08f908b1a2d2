"""TensorBoard's meshes: points, faces and colours as tensors of one summary, `{1 version, 2 name, 3 content_type}` on each."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from tracklog.importers import tensors
from tracklog.importers.protobuf import Message, WireError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tracklog.media.base import Media

_TENSOR, _METADATA = 8, 9
_VERTEX, _FACE, _COLOR = 1, 2, 3
_CUBE = 3
"""Dimensions of what a mesh is made of: meshes, points, coordinates; and coordinates of a point."""


def mesh_of(one: Message) -> tuple[str, int]:
    """Return which mesh a value belongs to, and whether it is its points, faces or colours."""
    content = Message(one.message(_METADATA).message(1).raw(2))
    return content.text(2), content.uint(3)


def mesh(summary: Message, name: str) -> Any:
    """Return the mesh of a name, or a list of them where a summary holds several. Raises WireError for one without points."""
    parts: dict[int, NDArray[Any]] = {}
    for one in summary.messages(1):
        if _METADATA in one and mesh_of(one)[0] == name:
            found = tensors.numbers(one.message(_TENSOR))
            if found is not None and found.ndim == _CUBE and found.shape[2] == _CUBE:
                parts[mesh_of(one)[1]] = found
    points, faces, colors = (parts.get(kind) for kind in (_VERTEX, _FACE, _COLOR))
    if points is None:
        raise WireError("has a mesh without points")
    bodies = [
        _body(points[n], *(None if part is None or len(part) <= n else part[n] for part in (faces, colors)))
        for n in range(len(points))
    ]
    return bodies[0] if len(bodies) == 1 else bodies


def _body(points: NDArray[Any], faces: NDArray[Any] | None, colors: NDArray[Any] | None) -> Media:
    import numpy as np

    from tracklog.media.object3d import Object3D

    if colors is not None and colors.shape != points.shape:
        colors = None
    if faces is None:
        return Object3D(points if colors is None else np.concatenate([points, colors], axis=1).astype(float))
    rows = points.tolist() if colors is None else np.concatenate([points, colors / 255], axis=1).tolist()
    with np.errstate(
        invalid="ignore"
    ):  # corners that are no numbers are none of the mesh, and its viewer leaves them out
        corners = (faces.astype(int) + 1).tolist()
    lines = [f"v {' '.join(f'{number:.9g}' for number in row)}" for row in rows]
    lines += [f"f {' '.join(map(str, row))}" for row in corners]
    return Object3D(io.StringIO("\n".join([*lines, ""])), file_type="obj")
