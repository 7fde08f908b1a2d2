"""SQLite databases that their writers may have open: read from a copy, so that nobody waits for a reader and no row is lost.

What a writer has not folded in yet stands in ``<file>-wal``, what it is about to undo in ``<file>-journal``: these are copied with
the database (https://sqlite.org/tempfiles.html). A copy counts if none of them changed while it was made.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tracklog.importers import folders
from tracklog.importers.told import UnreadableError
from tracklog.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC = b"SQLite format 3\0"
_BESIDE = ("-wal", "-journal")
_TRIES, _PAUSE = 100, 0.05
"""How often, and seconds between: a writer that is at it for five seconds is waited for by nobody."""


def is_database(path: Path) -> bool:
    """Return whether a file begins as a database does."""
    try:
        with files.opened(path) as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def tables(path: Path) -> set[str]:
    """Return the names of the tables of a file; none for one that is no database, or damaged."""
    if not is_database(path) and not path.with_name(path.name + "-wal").is_file():
        return set()
    query = "SELECT name FROM sqlite_master WHERE type = 'table'"
    with contextlib.suppress(sqlite3.Error, OSError, UnicodeDecodeError):
        # What is in no log yet is told without a copy, and without a trace in the folder.
        place = quote(str(path.resolve()))
        with contextlib.closing(sqlite3.connect(f"file:{place}?mode=ro&immutable=1", uri=True)) as connection:
            found = {str(name) for (name,) in connection.execute(query)}
            if found:
                return found
    with contextlib.suppress(UnreadableError):
        return {str(name) for (name,) in Database(path).rows(query)}
    return set()


def damaged(source: Path) -> Iterator[tuple[Path, str]]:
    """Yield the databases of a source that are too damaged to tell whose they are, and why they cannot be read."""
    for folder, _, names in folders.walk(source):
        for path in (folder / name for name in names if name.endswith(".db")):
            if is_database(path) and not tables(path):
                try:
                    list(Database(path).rows("SELECT name FROM sqlite_master"))
                except UnreadableError as error:
                    yield path, str(error)


class Database:
    """A copy of a database, made when it is first asked, and gone with this object."""

    def __init__(self, path: Path) -> None:
        """`path` is the file that is copied."""
        self.path = path
        self._place: tempfile.TemporaryDirectory[str] | None = None
        self._connection: sqlite3.Connection | None = None

    def rows(self, query: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query. Raises UnreadableError for a file that is damaged, foreign or written all the time."""
        try:
            yield from self._connected().execute(query, values)
        except (sqlite3.Error, UnicodeDecodeError) as error:  # whose text may quote what is damaged
            raise UnreadableError(f"{self.path.name} cannot be read: {error}") from error

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._place = tempfile.TemporaryDirectory(prefix="tracklog-")
            copy = Path(self._place.name) / "copy.db"
            try:
                _copied(self.path, copy)
            except OSError as error:
                raise UnreadableError(f"{self.path.name} cannot be read: {error.strerror or error}") from error
            self._connection = sqlite3.connect(copy, check_same_thread=False)
            self._connection.text_factory = _text
        return self._connection

    def close(self) -> None:
        """Let the copy go."""
        if self._connection is not None:
            self._connection.close()
        if self._place is not None:
            self._place.cleanup()
        self._connection = self._place = None

    def __del__(self) -> None:
        """Let the copy go, if nobody has."""
        with contextlib.suppress(Exception):
            self.close()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _copied(source: Path, target: Path) -> None:
    """Copy a database with what stands beside it. Raises UnreadableError where it never stands still."""
    for _ in range(_TRIES):
        before = _stamps(source)
        _copy(source, target)
        for end in _BESIDE:
            with contextlib.suppress(FileNotFoundError):
                _copy(source.with_name(source.name + end), target.with_name(target.name + end))
        if _stamps(source) == before:
            return
        time.sleep(_PAUSE)
    raise UnreadableError(f"{source.name} is being written all the time; import it again when its writer rests")


def _copy(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    with files.opened(source) as file, target.open("wb") as copy:
        shutil.copyfileobj(file, copy, 1 << 20)


def _stamps(source: Path) -> list[tuple[int, int] | None]:
    return [_stamp(source.with_name(source.name + end)) for end in ("", *_BESIDE)]


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
