"""The folder side of a run: what `Run` and the recorders beside it write through."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracklog.errors import warn
from tracklog.store import layout
from tracklog.store.writer import Files, Writer, console_line, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tracklog.capture.console import ConsoleCapture
    from tracklog.capture.descriptors import Redirect
    from tracklog.store.layout import FileRef


roots: dict[Path, None] = {}
"""The log folders that this process has recorded into, in the order of their first runs."""


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended: its exit code, the last values of its metrics, and whether nobody wants to hear of it."""

    exit_code: int
    last: Mapping[str, Any]
    hidden: frozenset[str]
    """Paths of those that the script hides."""
    quiet: bool


class Recording:
    """The folder side of a run: its writer and files, one lock for all threads, nothing that raises."""

    def __init__(self, folder: Path, session: dict[str, Any]) -> None:
        """Prepare the files of this process in a run's folder."""
        roots[folder.parent.parent.absolute()] = None
        self.lock = threading.RLock()
        self.writer = Writer(folder, session, time.time)
        self.files = Files(folder)
        self.capture: ConsoleCapture | Redirect | None = None
        """What listens to the console, once it does."""
        self.recorders: list[Callable[[], None]] = []
        """How to stop what records beside the training; called before the files are closed."""
        self.watchers: list[Callable[[End], None]] = []
        """Who wants to know that the run has ended; called when all is written."""
        self._saved: dict[str, tuple[Path, int, str]] = {}
        """Files that are copied again: source, time of change (ns) of the copy and policy, by name."""
        self.ended = False
        self.silent_since = time.monotonic()
        self.runtime = time.monotonic

    def event(self, event: str, **fields: object) -> None:
        """Append an event."""
        with self.lock:
            if not self.ended:
                self.writer.event(event, **fields)
                self.silent_since = time.monotonic()

    def system(self, metrics: dict[str, float]) -> None:
        """Append a row of system metrics; non-finite values are left out."""
        finite = {key: value for key, value in metrics.items() if math.isfinite(value)}
        with self.lock:
            if not self.ended:
                clocks = {layout.RUNTIME: self.runtime(), layout.TIMESTAMP: time.time_ns() // 1000 / 1e6}
                self.writer.system.append(encode({**clocks, **finite}))
                self.silent_since = time.monotonic()

    def console(self, stream: str, text: str, timestamp: float, left_out: int) -> None:
        """Append what was printed, and how many repaints of the line in which it ends are left out."""
        with self.lock:
            if not self.ended:
                self.writer.console.append(console_line(timestamp, stream, text, left_out))

    def flush_console(self) -> None:
        """Record the unfinished line that a progress bar repaints."""
        if self.capture is not None:
            self.capture.flush()

    def heartbeat(self, after: float) -> None:
        """Show that the run lives, when nothing was written for `after` seconds; notice a deleted folder."""
        with self.lock:
            if not self.ended and time.monotonic() - self.silent_since >= after:
                self.event("heartbeat")
            if self.writer.gone():
                warn(
                    "folder-gone", f"{self.writer.folder} was deleted while the run goes on: what is logged now is lost"
                )

    def stop(self) -> None:
        """Stop what records beside the training; take what changed of the files that were saved."""
        for stop in self.recorders:
            stop()
        self.save_changed(at_end=True)

    def close(self, exit_code: int, error: Mapping[str, Any] | None) -> int:
        """Close the files, `finish` being the last event; return how many lines were lost, which it says too."""
        with self.lock:
            lost = self.writer.close_streams()
            self.event("finish", exit_code=exit_code, lost=lost, **({"error": dict(error)} if error else {}))
            self.ended = True
            return self.writer.close()

    def forked(self, place: dict[str, Any]) -> None:
        """Go on in a forked child: a lock and files of its own, nothing to stop, nobody to tell."""
        self.lock = threading.RLock()
        self.writer.forked(place)
        self.recorders.clear()
        self.watchers.clear()

    def put_file(self, name: str, data: bytes) -> None:
        """Write a file of the run; a failure is said once."""
        try:
            self.files.put_file(name, data)
        except OSError as error:
            warn("file-write", f"cannot write {name} of {self.writer.folder}: {error.strerror or error}")

    def save_file(self, source: Path, name: str, policy: str) -> Path | None:
        """Copy a file to a name below `files/` and return its place; a failure is said once.

        With `policy` ``live`` it is copied again when it changes, with ``end`` at the end, with ``now`` never.
        """
        try:
            before = source.stat().st_mtime_ns
            target = self.files.place(name)
            if source != target.resolve():  # written into run.dir by the script itself
                self.files.copy(source, name)
        except OSError as error:
            warn("save", f"cannot copy {source} into the run: {error.strerror or error}")
            return None
        self.event("file", path=name, size=target.stat().st_size)
        if policy != "now":
            self._saved[name] = (source, before, policy)
        return target

    def keeps(self, source: Path) -> bool:
        """Return whether a file is one of those that are copied again when they change."""
        return any(source == known for known, *_ in self._saved.values())

    def save_changed(self, *, at_end: bool) -> None:
        """Copy again what changed of the files that were saved so; those of the policy ``end`` only `at_end`."""
        for name, (source, before, policy) in list(self._saved.items()):
            if policy == "end" and not at_end:
                continue
            try:
                changed = source.stat().st_mtime_ns != before
            except OSError:  # deleted since: the copy is all there is
                continue
            if changed:
                self.save_file(source, name, policy)

    def put_bytes(self, kind: str, data: bytes, ext: str) -> FileRef:
        """Store media; a failure is said once and leaves a reference to a file that is not there."""
        try:
            return self.files.put_bytes(kind, data, ext)
        except OSError as error:
            return self._media_lost(error, len(data))

    def put_path(self, kind: str, path: Path, ext: str) -> FileRef:
        """Store a copy of a media file; a failure is said once and leaves a reference to a file that is not there."""
        try:
            return self.files.put_path(kind, path, ext)
        except OSError as error:
            return self._media_lost(error, 0)

    def _media_lost(self, error: OSError, size: int) -> FileRef:
        warn("media-write", f"cannot store a media file in {self.writer.folder}: {error.strerror or error}")
        return {"path": "", "sha256": "", "size": size}
