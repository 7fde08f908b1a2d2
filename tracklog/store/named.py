"""The files that a run's rows name: whether they are there, and are what was logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from tracklog.store import layout
from tracklog.store.files import content, hashed, inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracklog.store.reader import RunLog


def broken(log: RunLog) -> Iterator[str]:
    """Yield a sentence for each file that a run's rows name and its folder lacks, or holds with other content.

    Those that cells of tables and values of the summary name are among them.
    """
    folder = log.folder / layout.FILES
    named = {
        path: digest for writer in log.writers.values() for path, digest in _named([writer.history, writer.events])
    }
    left = list(named.items())
    while left:
        path, digest = left.pop()
        place = inside(folder, path)
        try:
            wrong = "is missing" if place is None else "" if hashed(place)[0] == digest else "is not what was logged"
            if place is not None and path.endswith(".table.json"):
                cells = {key: value for key, value in _named(orjson.loads(content(place))) if key not in named}
                named |= cells
                left += cells.items()
        except OSError as error:
            wrong = f"cannot be read: {error.strerror}"
        except orjson.JSONDecodeError:
            wrong = wrong or "is damaged"
        if wrong:
            yield f"{folder / path if path else f'{log.folder}: a file that could not be kept'}: it {wrong}"


def _named(value: Any) -> Iterator[tuple[str, str]]:
    """Yield path and SHA-256 of the files that records name, however deep they are nested."""
    left: list[Any] = [value] if isinstance(value, dict | list) else []
    while left:
        now = left.pop()
        if isinstance(now, dict):
            if all(isinstance(now.get(name), str) for name in ("_type", "path", "sha256")):
                yield now["path"], now["sha256"]
            now = list(now.values())
        left += [item for item in now if isinstance(item, dict | list)]
