"""Changes to a run from outside of it: appended by a writer of their own, so that a run that still writes is safe.

An edit holds over what the run had recorded by then. What the run records later holds over the edit, and a session that
resumes the run goes on from the edited values.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tracklog.store import fold, layout, reader
from tracklog.store.files import opened
from tracklog.store.writer import append_outside, encode, write_for_people, writer_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LEAST = 1e-6
"""Seconds by which an edit comes after what it changes: clocks are written to the microsecond."""


_FIRST = 200
"""Bytes of a first line that are looked at."""


class Editor:
    """Appends changes to one run."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the run's; nothing is written before the first change."""
        self.folder = folder
        self._writer = ""

    def append(self, changes: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Append (event, its fields) for each change, all of them in one write; an ended run's copies for people follow.

        Fields are those of `edit`, `config`, `summary` and `file` events. Raises OSError, FormatError for a newer run.
        """
        if not changes:
            return
        log = reader.read_run(self.folder)
        # Clocks of machines differ: what is seen here was before, whatever its own clock said.
        now = max(time.time(), _last_line(log) + _LEAST)
        lines = [encode({"event": kind, layout.TIMESTAMP: now, "row": 0, **fields}) for kind, fields in changes]
        writer, self._writer = self._writer or writer_name(), ""
        append_outside(self.folder, writer, b"".join(lines), is_new=writer not in log.writers)
        # Not after a failure: half a line may stand there, and what is appended to it would be lost as well.
        self._writer = writer
        refresh_copies(self.folder)


def _last_line(log: reader.RunLog) -> float:
    streams = (stream for own in log.writers.values() for stream in (own.events, own.history, own.system, own.console))
    return max((layout.number(lines[-1].get(layout.TIMESTAMP)) for lines in streams if lines), default=0.0)


def were_made(folder: Path) -> bool:
    """Return whether a run was edited from outside: by a writer whose events do not begin with a session."""
    return any(
        stream == layout.EVENTS and not _begins_with_session(entry.path)
        for stream, _, entry in reader.writer_files(folder)
    )


def _begins_with_session(path: str) -> bool:
    try:
        with opened(path) as file:
            return b'"event":"session"' in file.readline(_FIRST)
    except OSError:
        return True


def refresh_copies(folder: Path) -> None:
    """Write `config.yaml` and `summary.json` of a run that has ended, as its lines are now. Raises OSError, FormatError."""
    log = reader.read_run(folder)
    found = fold.sessions(log)
    if fold.state(found, time.time()) not in ("running", "silent"):
        values = fold.summary(log, found, fold.history(log, found))
        write_for_people(folder, fold.config(log, found), fold.flatten(values))
