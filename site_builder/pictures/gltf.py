"""A glTF file with its buffers inside as one GLB, since a page on file:// cannot fetch even what is inside of a file.

Format: glTF 2.0, sections 3.6.1 (buffers) and 4 (GLB) of the specification of the Khronos Group.
"""

from __future__ import annotations

import base64
import binascii
import struct
from typing import Any

import orjson

_MAGIC, _VERSION = 0x46546C67, 2
_JSON, _BIN = 0x4E4F534A, 0x004E4942


def packed(data: bytes) -> bytes:
    """Return a ``.gltf`` as a ``.glb``. Raises ValueError when it is no JSON, or names buffers that are not inside."""
    try:
        scene = orjson.loads(data)
        buffers, views = scene.get("buffers", []), scene.get("bufferViews", [])
    except (orjson.JSONDecodeError, AttributeError) as error:
        raise ValueError(f"this gltf is damaged: {error}") from error
    binary, starts = bytearray(), []
    for buffer in buffers:
        starts.append(len(binary))
        binary += _content(buffer)
        binary += b"\0" * (-len(binary) % 4)
    for view in views:
        view["byteOffset"] = view.get("byteOffset", 0) + starts[view.get("buffer", 0)]
        view["buffer"] = 0
    for image in scene.get("images", []):
        uri = str(image.get("uri", "data:"))
        if not uri.startswith("data:"):
            raise ValueError(f"this gltf needs the picture {uri[:100]!r}, which is not inside of it; log a glb")
    if binary:
        scene["buffers"] = [{"byteLength": len(binary)}]
    return _glb(orjson.dumps(scene), bytes(binary))


def _content(buffer: Any) -> bytes:
    uri = buffer.get("uri")
    if not isinstance(uri, str) or not uri.startswith("data:"):
        raise ValueError(f"this gltf needs the file {str(uri)[:100]!r}, which is not inside of it; log a glb")
    try:
        return base64.b64decode(uri.partition(",")[2], validate=True)
    except binascii.Error as error:
        raise ValueError(f"a buffer of this gltf is damaged: {error}") from error


def _glb(text: bytes, binary: bytes) -> bytes:
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), _JSON) + text
    if binary:
        chunks += struct.pack("<II", len(binary), _BIN) + binary
    return struct.pack("<III", _MAGIC, _VERSION, 12 + len(chunks)) + chunks
