"""What a script prints, kept as it was printed.

The streams in `sys.stdout` and `sys.stderr` stay the objects they are; only their ``write`` is replaced, on the
instance. A logging handler, a progress bar or a console of `rich` that was made before `init` holds the stream itself:
replacing `sys.stdout` would miss all of them, and hide `isatty`, `buffer` and the rest behind a stand-in.

Three rules keep this from ever harming a script. The text goes to the stream first, with the stream's own result and
errors. Our lock guards our buffer alone and is never held while `emit` runs, which takes locks of its own. Whatever
goes wrong in here ends the capture, and the script prints on.
"""

from __future__ import annotations

import collections
import os
import re
import sys
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Emit = Callable[[str, str, float], None]

REPAINT = 1.0
"""Seconds within which repaints of a line become one."""
LONGEST = 65536
"""Characters of an unfinished line that are held back at most."""

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_ERASES = re.compile(r"\x1b\[[02]?K")
_captures: weakref.WeakSet[ConsoleCapture] = weakref.WeakSet()


class ConsoleCapture:
    """Pass what is printed to ``emit(stream, text, unix_time)``: whole lines, and unfinished ones now and then.

    The texts of a stream, joined, are what was printed, ANSI codes and carriage returns included; only repaints that a
    newer one has covered within a second are left out.
    """

    def __init__(self, emit: Emit, clock: Callable[[], float] = time.time) -> None:
        self._emit: Emit | None = emit
        self._clock = clock
        self._patched: list[tuple[Any, Callable[[str], Any], Any]] = []
        self._renew()
        _captures.add(self)

    def install(self) -> None:
        """Begin to listen to the streams that are in place; those that are missing or refuse are left alone."""
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            # One object may serve as both, in notebooks for example: its lines are kept once.
            if stream is None or any(stream is known for known, *_ in self._patched):
                continue
            try:
                before = vars(stream).get("write")
                write = self._listener(name, stream.write)
                stream.write = write
            except (AttributeError, TypeError):  # no place for attributes
                continue
            self._patched.append((stream, write, before))

    def uninstall(self) -> None:
        """Emit what is left and give the streams back; one that somebody else has patched since only falls silent."""
        self.flush()
        self._emit = None
        for stream, write, before in self._patched:
            if vars(stream).get("write") is not write:
                continue
            if before is None:
                del stream.write
            else:
                stream.write = before
        self._patched.clear()

    def flush(self) -> None:
        """Emit unfinished lines too."""
        self._drain(everything=True)

    def _listener(self, name: str, write: Callable[[str], Any]) -> Callable[[str], Any]:
        def listen(text: str, /) -> Any:
            result = write(text)
            self._feed(name, text)
            return result

        return listen

    def _feed(self, name: str, text: str) -> None:
        # What `emit` prints itself is not for us, or it would never end.
        if self._emit is None or getattr(self._local, "emitting", False):
            return
        self._queue.append((name, text, self._clock()))
        self._drain()

    def _drain(self, *, everything: bool = False) -> None:
        """Move the queue through the lines' buffers to `emit`; a nested call leaves it to the outer one."""
        if getattr(self._local, "draining", False):
            return  # a signal handler printed while its own thread was in here: the loop below finds it
        try:
            self._local.draining = True
            while self._queue:
                with self._lock:
                    name, text, now = self._queue.popleft() if self._queue else ("", "", 0.0)
                    ready = self._lines[name].add(text, now) if name else None
                self._pass_on(name, ready)
            for name, line in self._lines.items() if everything else ():
                with self._lock:
                    ready = line.take()
                self._pass_on(name, ready)
        except Exception:
            self._emit = None
        finally:
            self._local.draining = False

    def _pass_on(self, name: str, ready: tuple[str, float] | None) -> None:
        emit = self._emit
        if ready is None or emit is None:
            return
        self._local.emitting = True
        try:
            emit(name, *ready)
        finally:
            self._local.emitting = False

    def _renew(self) -> None:
        """Forget locks and unfinished lines: in a forked child they belong to threads and lines of the parent."""
        self._lock = threading.RLock()
        self._local = threading.local()
        self._queue: collections.deque[tuple[str, str, float]] = collections.deque()
        self._lines = {"stdout": _Line(), "stderr": _Line()}


class _Line:
    """The unfinished line of one stream."""

    def __init__(self) -> None:
        self._text = ""
        self._since = 0.0
        """When the line began or, if a part of it is out, when that was printed."""
        self._newest = 0.0
        self._begun = self._partly_out = False

    def add(self, text: str, now: float) -> tuple[str, float] | None:
        """Take in what was printed; return what is ready, and when it was printed."""
        if not self._begun:
            self._since, self._begun = now, True
        self._newest = now
        whole, end, rest = text.rpartition("\n")
        if end:
            first, *others = (self._text + whole + end).split("\n")
            ready = "\n".join([_repainted(first, self._partly_out), *map(_repainted, others)])
            self._text, self._since, self._begun, self._partly_out = rest, now, bool(rest), False
            return ready, now
        self._text = _repainted(self._text + rest, self._partly_out)
        return self.take() if now - self._since >= REPAINT or len(self._text) > LONGEST else None

    def take(self) -> tuple[str, float] | None:
        """Return the line so far, if any, and begin anew behind it."""
        if not self._text:
            return None
        ready, self._text = self._text, ""
        self._since, self._partly_out = self._newest, True
        return ready, self._newest


def _repainted(line: str, partly_out: bool = False) -> str:
    """Leave out the repaints of a line that later ones cover.

    A shorter one leaves the tail of the one before on the screen, so that one stays, unless it is erased. What stands
    before the first carriage return stays too when it continues something that is out already.
    """
    body = line.rstrip("\r\n")
    if "\r" not in body:
        return line
    first, *others = body.split("\r")
    stays = first if partly_out else ""
    kept = [] if partly_out else [(_width(first), first)]
    for other in others:
        width = _width(other)
        while kept and (kept[-1][0] <= width or _ERASES.search(other)):
            kept.pop()
        kept.append((width, "\r" + other))
    return stays + "".join(text for _, text in kept) + line[len(body) :]


def _width(text: str) -> int:
    return len(_ANSI.sub("", text))


def _after_fork() -> None:
    for capture in list(_captures):
        capture._renew()  # noqa: SLF001 - same module


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
