"""What a script prints, kept as it was printed.

The streams in `sys.stdout` and `sys.stderr` stay the objects they are; only their ``write`` is replaced, on the instance
(by `hearing` where others replace it too, as in notebooks), and that of the ``buffer`` below. A logging handler, a
progress bar or a console of `rich` that was made before `init` holds the stream itself, and a wrapper may hold its
buffer: replacing `sys.stdout` would miss all of them, and hide `isatty`, `fileno` and the rest behind a stand-in. What is
written to ``buffer.raw`` is not heard: the buffer itself calls that with its lock held, and a signal handler that prints
in there would fail.

Three rules keep this from ever harming a script. The text goes to the stream first, with the stream's own result and
errors. Our locks are never waited for while `emit` runs, which takes locks of its own. Whatever goes wrong in here ends
the capture, and the script prints on.
"""

from __future__ import annotations

import codecs
import collections
import functools
import io
import os
import sys
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any

from tracklog.capture import hearing
from tracklog.capture.repaints import Repaints

if TYPE_CHECKING:
    from collections.abc import Callable

    Emit = Callable[[str, str, float, int], None]

PATIENCE = 1.0
"""Seconds that the end waits for another thread which is emitting."""

_captures: weakref.WeakSet[ConsoleCapture] = weakref.WeakSet()


class ConsoleCapture:
    """Pass what is printed to ``emit(stream, text, unix_time, left_out)``: whole lines, and unfinished ones now and then.

    The texts of a stream, joined, look on a terminal as what was printed, and are that but for repaints which newer ones
    have covered within a second: the line in which a text ends had `left_out` of them.
    """

    def __init__(self, emit: Emit, clock: Callable[[], float] = time.time) -> None:
        self._emit: Emit | None = emit
        self._clock = clock
        self._patched: list[tuple[Any, Callable[[Any], Any], Any]] = []
        self._through: list[io.TextIOWrapper] = []
        """Streams that were told to hand text to their buffers at once, and did not before."""
        self._heard: list[tuple[Any, Callable[[], None]]] = []
        """Streams that are heard whoever replaces their `write`, and how to end that."""
        self._renew()
        _captures.add(self)

    def install(self) -> None:
        """Begin to listen to the streams that are in place; those that are missing or refuse are left alone."""
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            # One object may serve as both, in notebooks for example: its lines are kept once.
            if stream is None or any(stream is known for known, _ in self._heard):
                continue
            if forget := hearing.listen(stream, functools.partial(self._feed, name)):
                self._heard.append((stream, forget))
            elif self._replace(stream, functools.partial(self._listener, name)):
                self._hear_bytes(name, stream)

    def uninstall(self) -> None:
        """Emit what is left and give the streams back; one that somebody else has patched since only falls silent."""
        self.flush()
        if self._turn.acquire(timeout=PATIENCE):
            self._turn.release()
        self._emit = None
        for target, write, before in self._patched:
            if vars(target).get("write") is not write:
                continue
            if before is None:
                del target.write
            else:
                target.write = before
        self._patched.clear()
        for _, forget in self._heard:
            forget()
        self._heard.clear()
        for stream in self._through:
            try:
                stream.reconfigure(write_through=False)
            except (OSError, ValueError):  # noqa: PERF203 - closed meanwhile
                continue
        self._through.clear()

    def flush(self) -> None:
        """Emit unfinished lines too."""
        self._drain(everything=True)

    def _replace(self, target: Any, listener: Callable[[Callable[[Any], Any]], Callable[[Any], Any]]) -> bool:
        if any(target is known for known, *_ in self._patched):
            return False
        try:
            before = vars(target).get("write")
            write = listener(target.write)
            target.write = write
        except (AttributeError, TypeError):  # no place for attributes
            return False
        self._patched.append((target, write, before))
        return True

    def _hear_bytes(self, name: str, stream: Any) -> None:
        """Listen to what passes a stream by; its text reaches the buffer inside of `write`, where it is known."""
        if not isinstance(stream, io.TextIOWrapper):
            return
        try:
            through = stream.write_through
            stream.reconfigure(write_through=True)
            decode = codecs.getincrementaldecoder(stream.encoding)("replace").decode
        except (LookupError, OSError, ValueError):
            return
        if not through:
            self._through.append(stream)
        self._replace(stream.buffer, functools.partial(self._bytes_listener, name, stream, decode))

    def _listener(self, name: str, write: Callable[[str], Any]) -> Callable[[str], Any]:
        def listen(text: str, /) -> Any:
            local = self._local
            local.writing = True
            try:
                result = write(text)
            finally:
                local.writing = False
            self._feed(name, text)
            return result

        return listen

    def _bytes_listener(
        self, name: str, stream: io.TextIOWrapper, decode: Callable[[bytes], str], write: Callable[[Any], Any]
    ) -> Callable[[Any], Any]:
        def listen(data: Any, /) -> Any:
            result = write(data)
            # Text that waited in the stream arrives here later, when somebody has told it to let text wait again.
            if not getattr(self._local, "writing", False) and stream.write_through:
                self._feed(name, decode(bytes(data)))
            return result

        return listen

    def _feed(self, name: str, text: str) -> None:
        # What `emit` prints itself is not for us, or it would never end.
        if self._emit is None or getattr(self._local, "emitting", False):
            return
        self._queue.append((name, text, self._clock()))
        self._drain()

    def _drain(self, *, everything: bool = False) -> None:
        """Move the queue through the streams' screens to `emit`; a nested call leaves it to the outer one."""
        if getattr(self._local, "draining", False):
            return  # a signal handler printed while its own thread was in here: the loop below finds it
        try:
            self._local.draining = True
            while self._queue or everything:
                with self._lock:
                    if self._queue:
                        name, text, now = self._queue.popleft()
                        self._keep(name, self._streams[name].add(text, now))
                    elif everything:
                        everything = False
                        for name, stream in self._streams.items():
                            self._keep(name, stream.take())
                self._pass_on()
        except Exception:
            self._emit = None
        finally:
            self._local.draining = False

    def _keep(self, name: str, pieces: list[tuple[str, int]]) -> None:
        now = self._streams[name].newest
        self._ready.extend((name, text, now, left_out) for text, left_out in pieces)

    def _pass_on(self) -> None:
        """Emit what is ready, in order: one thread at a time, and the others leave it to that one."""
        while self._ready and self._turn.acquire(blocking=False):
            self._local.emitting = True
            try:
                while self._ready and self._emit is not None:
                    self._emit(*self._ready.popleft())
                if self._emit is None:
                    self._ready.clear()
            finally:
                self._local.emitting = False
                self._turn.release()

    def _renew(self) -> None:
        """Forget locks and unfinished lines: in a forked child they belong to threads and lines of the parent."""
        self._lock = threading.RLock()
        self._turn = threading.Lock()
        self._local = threading.local()
        self._queue: collections.deque[tuple[str, str, float]] = collections.deque()
        self._ready: collections.deque[tuple[str, str, float, int]] = collections.deque()
        self._streams = {"stdout": Repaints(), "stderr": Repaints()}


def _after_fork() -> None:
    for capture in list(_captures):
        capture._renew()  # noqa: SLF001 - same module


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
