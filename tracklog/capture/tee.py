"""The process at the reading end of a redirected console: passes everything on, and records it.

It is started by `descriptors`, ends when nobody holds the writing ends any more, and outlives a script that is killed:
what was printed until then is recorded. Signals of the terminal and of schedulers do not concern it. That a reader went
away is told to the script as it would be without us; whatever else fails in here costs the record and nothing more.
"""

from __future__ import annotations

import codecs
import os
import selectors
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tracklog.capture.repaints import Repaints
from tracklog.store import layout
from tracklog.store.writer import Appender, console_line, writer_name

if TYPE_CHECKING:
    from collections.abc import Sequence

CHUNK = 65536
"""Bytes read at once."""
IDLE = 1.0
"""Seconds without output after which unfinished lines are recorded."""


class Stream:
    """One redirected stream: where it is read, where it goes on to, and what of it is not recorded yet."""

    def __init__(self, name: str, source: int, target: int) -> None:
        self.name, self.source, self.target = name, source, target
        self.held = Repaints()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read(self) -> bytes:
        """Return what was printed; empty at the end."""
        return os.read(self.source, CHUNK)

    def pass_on(self, data: bytes) -> bool:
        """Write to where the stream led before; return False when nobody reads there any more."""
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self.target, rest) :]
        except BrokenPipeError:
            return False
        except OSError:
            return True  # a full disk below somebody's log file: the record is still worth its while
        return True

    def text(self, data: bytes) -> str:
        """Return bytes as text; a character that is cut waits for its rest."""
        return self._decoder.decode(data)


class Tee:
    """Reads all streams until they end."""

    def __init__(self, folder: Path, streams: Sequence[Stream], asked: int, answer: int) -> None:
        """A byte from `asked` wants to know when all that was printed until then is recorded: then `answer` is closed."""
        self._streams = list(streams)
        self._asked, self._answer = asked, answer
        self._file: Appender | None = Appender(folder / layout.writer_file(layout.CONSOLE, writer_name()))

    def run(self) -> None:
        """Pass on and record until the last stream has ended."""
        with selectors.DefaultSelector() as selector:
            for stream in self._streams:
                os.set_blocking(stream.source, False)
                selector.register(stream.source, selectors.EVENT_READ, stream)
            selector.register(self._asked, selectors.EVENT_READ)
            while len(selector.get_map()) > (self._asked >= 0):
                ready = {key.data for key, _ in selector.select(IDLE)}
                # In a fixed order: of two streams that are ready at once, what stdout says mostly came first.
                for stream in [stream for stream in self._streams if stream in ready]:
                    if not self._serve(stream):
                        selector.unregister(stream.source)
                        os.close(stream.source)
                if None in ready:
                    selector.unregister(self._asked)
                    self._answer_now({key.fd for key in selector.get_map().values()})
                if not ready:
                    self._record_all()
        self._record_all()
        if self._file is not None:
            self._file.close()

    def _answer_now(self, open_: set[int]) -> None:
        for stream in self._streams:
            while stream.source in open_ and self._serve(stream, once=True):
                pass
        self._record_all()
        os.close(self._answer)
        self._asked = -1

    def _serve(self, stream: Stream, *, once: bool = False) -> bool:
        """Take what is there; return False at the end, and with `once` when there was nothing."""
        try:
            data = stream.read()
        except BlockingIOError:
            return not once
        if not data or not stream.pass_on(data):
            return False
        self._record(stream, stream.held.add(stream.text(data), time.time()))
        return True

    def _record_all(self) -> None:
        for stream in self._streams:
            self._record(stream, stream.held.take())

    def _record(self, stream: Stream, pieces: list[tuple[str, int]]) -> None:
        if self._file is None:
            return
        try:
            for text, left_out in pieces:
                self._file.append(console_line(stream.held.newest, stream.name, text, left_out))
        except Exception:
            self._file = None


def main(arguments: Sequence[str]) -> None:
    """Serve ``FOLDER ASKED ANSWER (NAME SOURCE TARGET)…``: descriptors, and the names of streams."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    folder, asked, answer, *rest = arguments
    triples = zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    streams = [Stream(name, int(source), int(target)) for name, source, target in triples]
    Tee(Path(folder), streams, int(asked), int(answer)).run()
