"""Files with a value of JSON on each line, as they grow: NaN and infinities may stand bare, a last line that is cut waits."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracklog.importers.told import ReplacedError
from tracklog.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST = 64_000_000
"""Bytes of a line, at most."""
_TAIL = 64


@dataclass(slots=True)
class JsonLines:
    """The values of a file from a place on; knows afterwards how far it came, and what was damaged."""

    path: Path
    end: int = 0
    """Bytes of whole lines that were read."""
    damage: list[str] = field(default_factory=list)

    def go_on(self, position: Any) -> None:
        """Stand where an earlier reading ended. Raises ReplacedError where the file has become another one, or is gone."""
        if not isinstance(position, dict) or not isinstance(position.get("end"), int) or position["end"] < 0:
            raise ReplacedError
        self.end = position["end"]
        try:
            is_same = self.position() == position
        except OSError:
            is_same = False
        if not is_same:
            raise ReplacedError

    def position(self) -> dict[str, Any]:
        """Return how far the file was read, so that `go_on` finds the place again. Raises OSError."""
        if not self.end:
            return {"end": 0, "tail": ""}
        with files.opened(self.path) as file:
            file.seek(max(0, self.end - _TAIL))
            return {"end": self.end, "tail": file.read(min(_TAIL, self.end)).hex()}

    def values(self, *, is_over: bool = False) -> Iterator[Any]:
        """Yield the values of the lines behind the place that was read to; a line that is none is named. Raises OSError.

        A last line without an end counts only where the file `is_over`.
        """
        with files.opened(self.path) as file:
            file.seek(self.end)
            while line := file.readline(LONGEST):
                if not line.endswith(b"\n"):
                    if len(line) >= LONGEST:
                        self.damage.append(
                            f"{self.path.name} has a line of more than {LONGEST:,} bytes behind {self.end:,}"
                        )
                        return
                    if not is_over:
                        return
                start, self.end = self.end, self.end + len(line)
                if not line.strip():
                    continue
                try:
                    value = json.loads(line)
                except (ValueError, RecursionError):
                    self.damage.append(f"{self.path.name}: the line at byte {start:,} is no JSON; it is left out")
                    continue
                yield value
