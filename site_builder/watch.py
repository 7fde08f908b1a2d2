"""Keeping a site fresh: wait for changes, build, and show that somebody is there.

File events where the system has them, polling where it has not (network disks). A timer besides both: a run that falls
silent changes its state without touching a file.
"""

from __future__ import annotations

import stat
import sys
import threading
import time
import warnings
from typing import TYPE_CHECKING, Any

from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

from site_builder.builder import Builder
from site_builder.options import silent
from tracklog.errors import warn
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from watchdog.events import FileSystemEvent

    from site_builder.options import Options, Report

QUIET = 0.3
"""Seconds that changes are gathered before a build."""
POLL = 5.0
"""Seconds after which files are looked at even without an event, since some disks tell of none."""
SIGN = 25.0
"""Seconds after which ``version.js`` is rewritten without news."""


class Watch:
    """A builder that is called when something changed."""

    def __init__(self, options: Options, before: Callable[[], None] = lambda: None) -> None:
        """Prepare; nothing is watched yet. `before` is called before each build but the first, as to bring runs in."""
        self._options = options
        self._before = before
        self._builder = Builder(options)
        self._changed = threading.Event()
        self._stopped = threading.Event()

    def first(self, progress: Callable[[str, int, int], None] = silent) -> Report:
        """Build once. Raises UsageError when the site must not be written."""
        return self._builder.build(progress)

    def stop(self) -> None:
        """Make `forever` return."""
        self._stopped.set()
        self._changed.set()

    def forever(self, built: Callable[[Report], None]) -> None:
        """Build whenever runs change, and tell `built` of each build that wrote something."""
        eyes = _Eyes(self._options.roots, self._changed)
        self._changed.set()  # what changed since the first build woke nobody
        signed = time.monotonic()
        try:
            while not self._stopped.is_set():
                self._changed.wait(POLL)
                if self._stopped.wait(QUIET):
                    break
                self._changed.clear()
                report = self._build() if eyes.open() else None
                if report is not None and report.written:
                    signed = time.monotonic()
                    built(report)
                elif time.monotonic() - signed > SIGN:
                    self._builder.touch()
                    signed = time.monotonic()
        finally:
            self._builder.touch(ending=True)
            eyes.close()

    def _build(self) -> Report | None:
        """Build; what goes wrong is said, and tried again with the next change."""
        try:
            self._before()
            return self._builder.build()
        except Exception as error:
            warn(
                f"watch-{type(error).__name__}", f"the site could not be built: {error}; trying again when runs change"
            )
            return None


class _Eyes:
    """File events of the roots, whichever of them is there: a disk may go, and come back as another folder."""

    def __init__(self, roots: tuple[Path, ...], changed: threading.Event) -> None:
        self._changed = changed
        self._roots: dict[Path, tuple[int, int] | None] = dict.fromkeys(roots, (0, 0))
        """Which folder each was when it was looked at last; None while it is gone."""
        self._observers: dict[Path, Any] = {}
        self.open()

    def open(self) -> bool:
        """Look at roots that are other folders than before; return whether all of them are there."""
        for root, before in self._roots.items():
            now = _identity(root)
            if now == before:
                continue
            self._roots[root] = now
            self._leave(root)
            if now is None:
                _say(f"{root} is gone; the site stays as it is until it is back")
                continue
            if before is None:
                _say(f"{root} is back")
            observer = self._observe(str(root))
            if observer is None:
                self._roots[root] = (
                    0,
                    0,
                )  # it went meanwhile, or tells nothing: it is looked at again, and built by the timer
            else:
                self._observers[root] = observer
        return None not in self._roots.values()

    def close(self) -> None:
        """Look no more."""
        for root in self._roots:
            self._leave(root)

    def _leave(self, root: Path) -> None:
        observer = self._observers.pop(root, None)
        if observer is not None:
            observer.stop()
            observer.join()

    def _observe(self, root: str) -> Any:
        handler = _Handler(self._changed)
        # Watchdog says this of folders that are made while it adds their parent; it changes nothing.
        warnings.filterwarnings("ignore", message="Callback with id .* already exists", category=RuntimeWarning)
        for kind in (Observer, PollingObserver):
            observer = kind()
            try:
                observer.schedule(handler, root, recursive=True)
                observer.start()
            except OSError as error:
                warn("watch-events", f"{root}: no file events ({error}); polling instead")
                continue
            return observer
        return None


def _identity(root: Path) -> tuple[int, int] | None:
    """Return what tells a folder from another one in its place; None when there is none."""
    try:
        found = root.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISDIR(found.st_mode) else None


def _say(sentence: str) -> None:
    sys.stderr.write(f"tracklog: {sentence}\n")
    sys.stderr.flush()


class _Handler(FileSystemEventHandler):
    """Wakes the watch for files that a build reads."""

    def __init__(self, changed: threading.Event) -> None:
        self._changed = changed

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note a change; opening and closing without writing is none."""
        if event.event_type in ("opened", "closed_no_write") or f"/{layout.MEDIA}/" in str(event.src_path):
            return
        self._changed.set()
