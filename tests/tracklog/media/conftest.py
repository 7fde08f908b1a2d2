"""A door that keeps what goes through it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from tracklog import errors

if TYPE_CHECKING:
    from pathlib import Path

    from tracklog.media.base import FileRef, MediaDoor


class Door:
    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def put_bytes(self, kind: str, data: bytes, ext: str) -> FileRef:
        digest = hashlib.sha256(data).hexdigest()
        path = f"media/{kind}/{digest[:20]}.{ext}"
        self.files[path] = data
        return {"path": path, "sha256": digest, "size": len(data)}

    def put_path(self, kind: str, path: Path, ext: str) -> FileRef:
        return self.put_bytes(kind, path.read_bytes(), ext)


@pytest.fixture
def door() -> MediaDoor:
    return Door()


@pytest.fixture(autouse=True)
def _no_warnings_said() -> None:
    errors.forget_warnings()
