"""The lock of a site: one build at a time writes it."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from site_builder import manifest
from tracklog.errors import warn
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def locked(site: Path) -> Iterator[None]:
    """Hold the site's lock; wait for another build that has it, and say who that is."""
    folder = site / layout.SITE_FOLDER
    if not site.exists() or not folder.exists():
        manifest.load(site)
        folder.mkdir(parents=True, exist_ok=True)
    with (folder / manifest.LOCK).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            _say_waiting(site, file.read().strip())
            fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        file.truncate()
        file.write(f"process {os.getpid()} since {time.strftime('%H:%M:%S')}\n")
        file.flush()
        yield


def _say_waiting(site: Path, who: str) -> None:
    warn("locked", f"another build writes {site} ({who or 'it does not say who'}); waiting for it")
