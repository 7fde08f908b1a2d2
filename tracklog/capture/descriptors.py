"""Everything that is printed, by whom ever: the descriptors 1 and 2 lead to a process that passes it on and records it.

So the output of child processes, of C code and of what writes to descriptors is kept too. The process is one of its own,
never a thread: C code that prints with Python's lock held would wait for ever for a thread of the same process. And it is
nobody's child: a script that waits for all of its children, or ends them, does not meet it.

Where both descriptors are one file they share a pipe, so that the order of what is printed stays what it was.
"""

from __future__ import annotations

import contextlib
import io
import os
import select
import signal
import sys
from typing import TYPE_CHECKING

from tracklog.errors import warn

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 2.0
"""Seconds that the end waits until everything is recorded."""

_SHELL = "/bin/sh"
"""Starts the process in its background and is gone at once, which Python itself would need some 20 ms for."""
_START = """
import os, sys
os.setsid()
sys.path += {path!r}
from tracklog.capture.tee import main
main(sys.argv[1:])
"""
_DEAF = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
"""Signals that come for the script alone; blocked until the process ignores them."""
_PLACE = 200
"""First descriptor of the process: above those that are open here by then."""


def can_redirect(*, terminals: bool) -> bool:
    """Return whether both streams are descriptors of this process that lead to files or pipes, or to `terminals` too."""
    try:
        return bool(sys.executable) and all(
            stream is not None and stream.fileno() == number and (terminals or not os.isatty(number))
            for number, stream in ((1, sys.stdout), (2, sys.stderr))
        )
    except (AttributeError, OSError, ValueError):
        return False


class Redirect:
    """Descriptors 1 and 2 led to a process that records what it passes on, until `uninstall`."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the run's."""
        self._folder = folder
        self._saved: dict[int, int] = {}
        self._lines: list[io.TextIOWrapper] = []
        """Streams that were told to hand on each line, and did not before."""
        self._ask = self._answer = -1
        self._owner = os.getpid()

    def install(self) -> None:
        """Start the process and lead the descriptors to it. Raises OSError, with everything as it was."""
        _flush()
        names = {"stdout": (1, 2)} if _is_one_file() else {"stdout": (1,), "stderr": (2,)}
        ours: list[int] = []
        """Descriptors that are the other process's business once it has them."""
        try:
            self._saved = {number: os.dup(number) for number in (1, 2)}
            sources, sinks = zip(*(os.pipe() for _ in names), strict=True)
            ours += [*sources, *sinks]
            asked, self._ask = os.pipe()
            self._answer, answer = os.pipe()
            ours += [asked, answer]
            streams = [(name, source, self._saved[names[name][0]]) for name, source in zip(names, sources, strict=True)]
            self._start(asked, answer, streams)
            for numbers, sink in zip(names.values(), sinks, strict=True):
                for number in numbers:
                    os.dup2(sink, number)
        except OSError:
            self._restore()
            raise
        finally:
            for descriptor in ours:
                os.close(descriptor)
        self._hand_on_lines()

    def _start(self, asked: int, answer: int, streams: list[tuple[str, int, int]]) -> None:
        given = [asked, answer, *(one for _, *two in streams for one in two)]
        places = {descriptor: str(_PLACE + n) for n, descriptor in enumerate(given)}
        words = [word for name, source, target in streams for word in (name, places[source], places[target])]
        command = [sys.executable, "-I", "-c", _START.format(path=[path for path in sys.path if path])]
        command += [str(self._folder), places[asked], places[answer], *words]
        actions = [(os.POSIX_SPAWN_DUP2, descriptor, int(place)) for descriptor, place in places.items()]
        shell = [_SHELL, "-c", '"$0" "$@" &', *command]
        first = os.posix_spawn(_SHELL, shell, dict(os.environ), file_actions=actions, setsigmask=_DEAF)
        os.waitpid(first, 0)

    def _hand_on_lines(self) -> None:
        """Have each line leave the script when it is printed, as it does on a terminal: the record shows when."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper) and not stream.line_buffering:
                stream.reconfigure(line_buffering=True)
                self._lines.append(stream)

    def uninstall(self) -> None:
        """Give the descriptors back once everything is recorded; does nothing in a forked child."""
        if os.getpid() != self._owner or self._ask < 0:
            return
        _flush()
        self._restore()
        for stream in self._lines:
            with contextlib.suppress(OSError, ValueError):
                stream.reconfigure(line_buffering=False)
        self._lines.clear()
        with contextlib.suppress(OSError):
            os.write(self._ask, b"?")
            select.select([self._answer], [], [], PATIENCE)
        self._forget()

    def flush(self) -> None:
        """Give the descriptors back if the process has died, which nobody but an administrator brings about."""
        if os.getpid() == self._owner and self._ask >= 0 and select.select([self._answer], [], [], 0)[0]:
            self._restore()
            self._forget()
            warn("redirect", "the process that records the console has ended; what is printed now is not recorded")

    def _restore(self) -> None:
        for number, saved in self._saved.items():
            with contextlib.suppress(OSError):
                os.dup2(saved, number)
                os.close(saved)
        self._saved.clear()

    def _forget(self) -> None:
        os.close(self._ask)
        os.close(self._answer)
        self._ask = self._answer = -1


def _is_one_file() -> bool:
    one, other = os.fstat(1), os.fstat(2)
    return (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
