"""Contents of artifacts, and what is known of the files that they came from."""

from __future__ import annotations

import base64
import hashlib
import os
import stat
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracklog.store import objects as contents
from tracklog.store.known import Known
from tracklog.store.objects import Objects, SourceError, Stored


@given(st.binary(max_size=100), st.sampled_from([1, 20_000]))
def test_a_content_is_kept_once_and_comes_back(data: bytes, times: int) -> None:
    data *= times
    objects = Objects(Path("p"))
    Path("source").write_bytes(data)
    stored = objects.put_file("source")
    expected = (hashlib.sha256(data).hexdigest(), base64.b64encode(hashlib.md5(data).digest()).decode(), len(data))  # noqa: S324
    assert (stored.sha256, stored.md5, stored.size, stored.changed) == (*expected, False)
    place = objects.place(stored.sha256)
    before = place.stat()
    assert objects.put_bytes(data) == Stored(*expected)
    assert objects.put_file("source") == stored
    assert place.stat() == before
    assert place.read_bytes() == data
    assert stat.S_IMODE(before.st_mode) == 0o444
    assert before.st_nlink == 1
    assert contents.copy(place, Path("copy")) == contents.of_file("source") or Path("copy").read_bytes() == data
    assert not list(objects.folder.glob(".parts/*"))


def test_what_cannot_be_read_is_the_callers_affair() -> None:
    objects = Objects(Path("p"))
    for name in ("none", "."):
        with pytest.raises(SourceError):
            objects.put_file(name)
    with pytest.raises(ValueError, match="is no SHA-256"):
        objects.place("../../etc/passwd")
    assert not objects.has("../../etc/passwd")


def test_a_link_in_the_place_of_a_content_is_none() -> None:
    objects = Objects(Path("p"))
    stored = objects.put_bytes(b"x")
    place = objects.place(stored.sha256)
    place.unlink()
    Path("secret").write_bytes(b"y")
    place.symlink_to(Path("secret").resolve())
    assert not objects.has(stored.sha256)
    objects.put_bytes(b"x")
    assert place.read_bytes() == b"x"
    assert Path("secret").read_bytes() == b"y"


def test_what_a_killed_process_left_is_swept_after_a_day() -> None:
    objects = Objects(Path("p"))
    objects.put_bytes(b"x")
    old, new = objects.folder / ".parts/old", objects.folder / ".parts/new"
    old.touch()
    new.touch()
    os.utime(old, (0, 0))
    Objects(Path("p"))
    assert (old.exists(), new.exists()) == (False, True)


def test_a_file_that_was_not_touched_is_known_and_another_is_not() -> None:
    objects = Objects(Path("p"))
    Path("d").mkdir()
    Path("d/f").write_text("1")
    stored = objects.put_file("d/f")
    later = time.time_ns() + 10**10
    Known(objects.folder, "d").add([("f", stored)], time.time_ns())
    assert (
        Known(objects.folder, "d").get("f", Path("d/f").stat()) is None
    )  # so fresh that a change may have the same time
    Known(objects.folder, "d").add([("f", stored)], later)
    known = Known(objects.folder, "d")
    assert known.get("f", Path("d/f").stat()) == Stored(stored.sha256, stored.md5, 1)
    assert Known(objects.folder, "other").get("f", Path("d/f").stat()) is None
    status = Path("d/f").stat()
    Path("d/f").write_text("2")
    os.utime("d/f", ns=(status.st_atime_ns, status.st_mtime_ns))  # as tools do that keep times
    assert known.get("f", Path("d/f").stat()) is None
    for file in objects.folder.glob(".known/*"):
        file.write_bytes(b'{"damaged\n[1]\n\0\n' + file.read_bytes())
    assert Known(objects.folder, "d").get("f", status) is not None


def test_what_is_known_does_not_grow_without_end() -> None:
    objects = Objects(Path("p"))
    Path("f").write_text("1")
    stored = objects.put_file("f")
    for _ in range(5):
        Known(objects.folder, "d").add([("f", stored)] * 1000, time.time_ns() + 10**10)
    (file,) = objects.folder.glob(".known/*")
    assert len(file.read_bytes().splitlines()) < 2500
