"""A cell that runs: what it prints, shows, returns and raises, in the order in which that happens.

Front ends keep a cell's output as messages that change what was there before: outputs are cleared, displays are updated,
a progress bar goes back to the begin of its line. What is kept here is what a person sees when the cell has ended.
"""

from __future__ import annotations

import base64
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.store import encoding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CELL_BYTES = 10_000_000
"""Bytes of output that are kept of a cell, about; of the rest only how much it was."""
_COMPACT = 1 << 16
"""Characters of a stream after which repainted lines are made short."""


@dataclass(slots=True)
class _Stream:
    """What was printed without anything else in between."""

    name: str
    texts: list[str]
    size: int = 0
    """Characters."""
    limit: int = _COMPACT
    """Size beyond which it is made short."""

    def add(self, text: str) -> int:
        """Take a text; return by how many characters less there are in the end, where that was made short."""
        self.texts.append(text)
        self.size += len(text)
        if self.size <= self.limit:
            return 0
        before, self.texts = self.size, [repainted("".join(self.texts))]
        self.size = len(self.texts[0])
        self.limit = max(_COMPACT, 2 * self.size)
        return before - self.size

    def json(self) -> bytes:
        """Return it as nbformat has it."""
        return encoding.dumps({"output_type": "stream", "name": self.name, "text": repainted("".join(self.texts))})


@dataclass(slots=True)
class _Shown:
    """Any other output, as it was when it was shown."""

    encoded: bytes

    def json(self) -> bytes:
        """Return it as nbformat has it."""
        return self.encoded


@dataclass(frozen=True, slots=True)
class Ran:
    """A cell that has ended."""

    count: int
    source: str
    outputs: tuple[bytes, ...]
    """Each as JSON."""

    @property
    def size(self) -> int:
        """Bytes it takes, about."""
        return len(self.source) + sum(map(len, self.outputs))

    def without_outputs(self) -> Ran:
        """Return it with a sentence in the place of its outputs."""
        if not self.outputs:
            return self
        note = f"[tracklog: {self.size / 1e6:,.1f} MB of output were not kept: this session's history is full]\n"
        return Ran(self.count, self.source, (_Stream("stderr", [note]).json(),))

    def as_notebook_has_it(self) -> dict[str, Any]:
        """Return it as nbformat 4 has a code cell, without an id; the outputs are JSON already."""
        return {
            "cell_type": "code", "execution_count": self.count, "metadata": {}, "source": self.source,
            "outputs": [orjson.Fragment(output) for output in self.outputs],
        }  # fmt: skip


class Cell:
    """A code cell of a session; all times it may be told of output by several threads."""

    def __init__(self, count: int, source: str) -> None:
        """`count` is the number that the front end shows beside it."""
        self.count, self.source = count, source
        self._outputs: list[_Stream | _Shown] = []
        self._displays: dict[str, _Shown] = {}
        self._room = CELL_BYTES
        self._left_out = 0
        self._clears = False
        self._lock = threading.RLock()

    def write(self, name: str, text: str) -> None:
        """Add what was printed to ``stdout`` or ``stderr``."""
        if not text:
            return
        with self._lock:
            last = self._last()
            if len(text) > self._room:
                self._left_out += len(text)
                return
            if not isinstance(last, _Stream) or last.name != name:
                last = _Stream(name, [])
                self._outputs.append(last)
            self._room += last.add(text) - len(text)

    def show(self, data: Mapping[str, Any], metadata: object, display: object = None) -> None:
        """Add what was displayed: values by MIME type; `display` names it for a later `change`."""
        added = self._add({"output_type": "display_data", **_bundle(data, metadata)})
        if added is not None and isinstance(display, str):
            self._displays[display] = added

    def change(self, data: Mapping[str, Any], metadata: object, display: object) -> None:
        """Put something else in the place of what was displayed under a name; nothing is done where it was not here."""
        with self._lock:
            shown = self._displays.get(display) if isinstance(display, str) else None
            if shown is not None:
                new = encoding.dumps({"output_type": "display_data", **_bundle(data, metadata)})
                if self._fits(len(new) - len(shown.encoded)):
                    shown.encoded = new

    def result(self, data: Mapping[str, Any], metadata: object) -> None:
        """Add the value of the cell's last expression."""
        self._add({"output_type": "execute_result", "execution_count": self.count, **_bundle(data, metadata)})

    def error(self, name: str, text: str, traceback: Sequence[object]) -> None:
        """Add an exception, and its traceback as it was printed."""
        lines = [str(line) for line in traceback]
        self._add({"output_type": "error", "ename": name, "evalue": text, "traceback": lines})

    def clear(self, *, wait: bool) -> None:
        """Take all output away: now, or when there is more."""
        with self._lock:
            self._clears = wait
            if not wait:
                self._empty()

    def ended(self) -> Ran:
        """Return it as it stands."""
        with self._lock:
            outputs = [output.json() for output in self._outputs]
            if self._left_out:
                note = f"[tracklog: {self._left_out / 1e6:,.1f} MB more of output were not kept]\n"
                outputs.append(_Stream("stderr", [note]).json())
        return Ran(self.count, self.source, tuple(outputs))

    def _add(self, output: dict[str, Any]) -> _Shown | None:
        shown = _Shown(encoding.dumps(output))
        with self._lock:
            self._last()
            if not self._fits(len(shown.encoded)):
                return None
            self._outputs.append(shown)
            return shown

    def _fits(self, more: int) -> bool:
        if more > self._room:
            self._left_out += more
            return False
        self._room -= more
        return True

    def _last(self) -> _Stream | _Shown | None:
        if self._clears:
            self._empty()
        return self._outputs[-1] if self._outputs else None

    def _empty(self) -> None:
        self._clears = False
        self._outputs.clear()
        self._displays.clear()
        self._room, self._left_out = CELL_BYTES, 0


def repainted(text: str) -> str:
    r"""Return a text with only the last state of lines that went back to their begin (``\r``)."""
    if "\r" not in text:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    # The last line may go on, and has to know then that it went back.
    return "\n".join([*map(_line, lines[:-1]), _line(lines[-1]) + ("\r" if lines[-1].endswith("\r") else "")])


def _line(line: str) -> str:
    shown = ""
    for piece in line.split("\r"):
        shown = piece + shown[len(piece) :]
    return shown


def _bundle(data: Mapping[str, Any], metadata: object) -> dict[str, Any]:
    kept = metadata if isinstance(metadata, dict) else {}
    return {"data": {str(kind): _value(value) for kind, value in data.items()}, "metadata": kept}


def _value(value: object) -> object:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
