"""The session history of a notebook: an `.ipynb` that grows by a line for each cell, and is whole after each of them.

Its shape, in nbformat 4.5::

    {"nbformat":4,"nbformat_minor":5,"metadata":{…},"cells":[
    {"cell_type":"code",…},
    {"cell_type":"code",…}
    ]}

A new cell overwrites the closing line in one write, so that a session of a thousand cells writes each of them once. Who
reads in the middle of that, or after a power loss, finds whole lines still (`salvaged`).
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from tracklog.store import encoding, layout

if TYPE_CHECKING:
    from pathlib import Path

NAME = "_session_history"
_END = b"\n]}\n"


class SessionHistory:
    """The growing file of one session; a further session of a run has a file of its own."""

    def __init__(self, files: Path) -> None:
        """`files` is the run's `files/` folder; the file is made with the first cell."""
        self._folder = files / layout.CODE
        self._handle = -1
        self._length = 0
        """Bytes up to where the next cell is written."""
        self._count = 0

    @property
    def size(self) -> int:
        """Bytes of the file, about."""
        return self._length

    def append(self, cell: dict[str, Any]) -> None:
        """Add a cell as nbformat has it, without its id. Raises OSError; what was there stays whole as far as it can."""
        if self._handle < 0:
            self._begin()
        self._count += 1
        line = encoding.dumps({**cell, "id": f"cell-{self._count}"})
        data = (b",\n" if self._count > 1 else b"\n") + line
        try:
            self._write(data + _END)
        except OSError:
            self._count -= 1
            self._write(_END)
            os.ftruncate(self._handle, self._length + len(_END))
            raise
        self._length += len(data)

    def close(self) -> None:
        """Close the file."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _begin(self) -> None:
        if not self._folder.parent.is_dir():
            raise FileNotFoundError(2, "the run's folder is gone", str(self._folder.parent))
        self._folder.mkdir(exist_ok=True)
        number = 1
        while self._handle < 0:
            name = f"{NAME}.ipynb" if number == 1 else f"{NAME}-{number}.ipynb"
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
            try:
                self._handle = os.open(self._folder / name, flags, 0o666)
            except FileExistsError:
                number += 1
        head = encoding.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": _metadata()})
        self._write(head[:-1] + b',"cells":[' + _END)
        self._length = len(head) + len(b',"cells":[') - 1

    def _write(self, data: bytes) -> None:
        place, rest = self._length, memoryview(data)
        while rest:
            written = os.pwrite(self._handle, rest, place)
            place, rest = place + written, rest[written:]


def salvaged(data: bytes) -> bytes:
    """Return a session history that was cut while it was written, closed behind its last whole line.

    What is none stays what it is.
    """
    last, head = data.rfind(b"},\n"), data.find(b'"cells":[\n')
    return data[: last + 1 if last > head else head + len(b'"cells":[')] + _END if head >= 0 else data


def _metadata() -> dict[str, Any]:
    return {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python", "version": sys.version.split()[0], "file_extension": ".py"},
    }
