"""Writing a run: append-only lines, one set of files for each process.

Every line goes out with one `os.write` on a file opened with O_APPEND and O_EXCL, so what `append` returned from is in
the hands of the kernel: kill -9 loses nothing. What cannot be written (full disk) is kept and tried again with the next
line, up to a bound; what goes beyond is counted as lost. Nothing here raises for the environment's failures.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import socket
import string
import tempfile
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.errors import warn
from tracklog.store import encoding, layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracklog.store.layout import Event, FileRef, RunFile

KEPT_BYTES = 16_000_000
"""How much that could not be written is kept for a later try."""

_ALPHABET = string.ascii_lowercase + string.digits


class Appender:
    """One append-only file of lines; opened at its first line."""

    def __init__(self, path: Path, first: Callable[[], None] | None = None) -> None:
        """`first` is called once, before the file is opened for its first line."""
        self.path = path
        self._first = first
        self.lines = 0
        """Lines given to `append`, lost ones included."""
        self.lost = 0
        self._fd = -1
        self._kept: list[bytes] = []
        self._kept_bytes = 0
        self._torn = False

    def append(self, line: bytes) -> None:
        """Write one line; `line` ends with a newline."""
        self.lines += 1
        if self._fd >= 0 and not self._kept:
            try:
                if os.write(self._fd, line) == len(line):
                    return
            except OSError as error:
                self._keep(line, error)
                return
            # A short write: the start of the line is there, so the next attempt begins with a newline.
            self._torn = True
            self._keep(line, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
            return
        self._kept.append(line)
        self._kept_bytes += len(line)
        self.flush()

    def flush(self) -> None:
        """Try again to write what was kept."""
        if not self._kept:
            return
        if self._first is not None:
            first, self._first = self._first, None
            first()
        try:
            self._open()
            while self._kept:
                line = b"\n" + self._kept[0] if self._torn else self._kept[0]
                written = os.write(self._fd, line)
                if written != len(line):
                    self._torn = self._torn or written > 0
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                self._torn = False
                self._kept_bytes -= len(self._kept.pop(0))
        except OSError as error:
            self._bound(error)

    def gone(self) -> bool:
        """Return whether the file was deleted while open: lines then go nowhere."""
        try:
            return self._fd >= 0 and os.fstat(self._fd).st_nlink == 0
        except OSError:
            return True

    def close(self) -> int:
        """Try a last time, close, and return how many lines were lost."""
        if self._kept:
            self.flush()
        self.lost += len(self._kept)
        self._kept.clear()
        if self.gone():
            self.lost = self.lines
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
        return self.lost

    def abandon(self) -> None:
        """Close in a forked child: what is kept belongs to the parent."""
        self._kept.clear()
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _open(self) -> None:
        if self._fd < 0:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
            self._fd = os.open(self.path, flags, 0o666)

    def _keep(self, line: bytes, error: OSError) -> None:
        self._kept.append(line)
        self._kept_bytes += len(line)
        self._bound(error)

    def _bound(self, error: OSError) -> None:
        warn(
            "disk-write",
            f"cannot write {self.path}: {error.strerror or error}. Training goes on; up to "
            f"{KEPT_BYTES // 1_000_000} MB are kept in memory and tried again, what is beyond is lost.",
        )
        while self._kept_bytes > KEPT_BYTES:
            self._kept_bytes -= len(self._kept.pop(0))
            self.lost += 1


class Writer:
    """One process's files in a run's folder. Not thread-safe: its owner holds the lock."""

    def __init__(self, folder: Path, session: dict[str, Any], clock: Callable[[], float]) -> None:
        """Prepare; nothing is written before the first line.

        `session` is what the session event says beside its clock; `clock` gives unix seconds.
        """
        self.folder = folder
        self.session = session
        self._clock = clock
        self.name = ""
        self._begin()

    def _begin(self, first: Callable[[], None] | None = None) -> None:
        self.name = writer_name()
        self.history, self.events, self.system, self.console = (
            Appender(self.folder / layout.writer_file(stream, self.name), None if stream == layout.EVENTS else first)
            for stream in (layout.HISTORY, layout.EVENTS, layout.SYSTEM, layout.CONSOLE)
        )

    def start(self) -> None:
        """Write the session event."""
        self.event("session", **self.session)

    def event(self, event: str, **fields: object) -> None:
        """Append an event at the present row."""
        line: Event = {"event": event, layout.TIMESTAMP: self._clock(), "row": self.history.lines, **fields}
        self.events.append(encode(line))

    def forked(self, session: dict[str, Any]) -> None:
        """Go on in a forked child: its own files, begun with a session that names the parent, and only if it writes."""
        parent = self.name
        for appender in (self.history, self.events, self.system, self.console):
            appender.abandon()
        self.session = {**self.session, **session, "parent": parent}
        self._begin(self._announce_child)

    def adopt(self) -> None:
        """Take note that this child was given the run: what it logs is no accident."""
        if self.session.get("parent"):
            self.session["attached"] = True

    def _announce_child(self) -> None:
        if not self.events.lines:
            self.start()
        if self.history.lines and not self.session.get("attached"):
            warn(
                "forked-child",
                f"a forked child process (pid {os.getpid()}) logs to the run of its parent; its rows are kept apart as "
                "'child processes'. Log in the parent, or call init() in the child.",
            )

    def gone(self) -> bool:
        """Return whether the folder was deleted."""
        return self.events.gone()

    def close_streams(self) -> int:
        """Close all files but that of the events; return how many of their lines were lost."""
        return sum(appender.close() for appender in (self.history, self.system, self.console))

    def close(self) -> int:
        """Close what is still open; return how many lines were lost in all."""
        return self.close_streams() + self.events.close()


def encode(value: dict[str, Any]) -> bytes:
    """Return one line of JSON; the value holds JSON values only."""
    return encoding.dumps(value, orjson.OPT_APPEND_NEWLINE)


def console_line(timestamp: float, stream: str, text: str, left_out: int) -> bytes:
    """Return a line of what was printed; the line in which `text` ends had `left_out` repaints more."""
    line: dict[str, Any] = {layout.TIMESTAMP: timestamp, "stream": stream, "text": text}
    return encode(line | ({"updates": left_out} if left_out else {}))


def writer_name() -> str:
    """Return a new `<host>-<pid>-<4 random chars>`."""
    host = layout.file_name(socket.gethostname() or "host")[:40]
    return f"{host}-{os.getpid()}-{''.join(secrets.choice(_ALPHABET) for _ in range(4))}"


def create_run(folder: Path, run: RunFile) -> bool:
    """Make a run's folder with its `run.json`; return False when it has one already.

    The file is written aside and put in place with `os.link`, so that it is whole or absent, and only one of several
    processes that try at once succeeds. Raises OSError.
    """
    (folder / layout.FILES).mkdir(parents=True, exist_ok=True)
    return put_once(folder / layout.RUN_FILE, {"format": layout.FORMAT, **run})


def put_once(target: Path, value: dict[str, Any]) -> bool:
    """Write a JSON file whole; return False when it is there already, or another process is the first. Raises OSError."""
    data = encoding.dumps(value, orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    handle, aside = tempfile.mkstemp(prefix=f".{target.stem}-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(aside, 0o644)  # noqa: PTH101 - mkstemp's 0600 would hide the run from colleagues
        try:
            os.link(aside, target)
        except FileExistsError:
            return False
        except OSError:
            return _create_exclusively(target, data)
    finally:
        os.unlink(aside)  # noqa: PTH108 - mkstemp gives a string
    return True


def _create_exclusively(target: Path, data: bytes) -> bool:
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        return False
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    return True


def set_aside(folder: Path) -> Path:
    """Rename a run's folder to `<id>.old<n>` with an edit event that gives it that id; return its new place."""
    n = 1
    while (aside := folder.with_name(f"{folder.name}.old{n}")).exists():
        n += 1
    folder.rename(aside)
    edit(aside, {"id": f"{layout.original_name(folder.name) or folder.name}.old{n}"})
    return aside


def edit(folder: Path, changes: dict[str, Any]) -> None:
    """Append an edit event (name, notes, tags, id) to a run from outside of it. Raises OSError."""
    import time

    line = encode({"event": "edit", layout.TIMESTAMP: time.time(), "row": 0, **changes})
    append_outside(folder, writer_name(), line, is_new=True)


def append_outside(folder: Path, writer: str, lines: bytes, *, is_new: bool) -> None:
    """Append whole lines to the events of a writer that has no session; `is_new` begins its file. Raises OSError."""
    flags = os.O_WRONLY | os.O_APPEND | (os.O_CREAT | os.O_EXCL if is_new else 0)
    handle = os.open(folder / layout.writer_file(layout.EVENTS, writer), flags, 0o666)
    with os.fdopen(handle, "wb") as file:
        file.write(lines)


class Files:
    """The `files/` folder of a run: the one door for everything that is not a line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / layout.FILES

    def put_bytes(self, kind: str, data: bytes, ext: str) -> FileRef:
        """Store media bytes under their digest; equal bytes are written once. Raises OSError."""
        digest = hashlib.sha256(data).hexdigest()
        path = f"{layout.MEDIA}/{layout.file_name(kind)}/{digest[:20]}{_extension(ext)}"
        target = self.folder / path
        if not target.exists():
            self._require()
            _replace(target, data)
        return {"path": path, "sha256": digest, "size": len(data)}

    def put_path(self, kind: str, path: Path, ext: str) -> FileRef:
        """Store a copy of a media file under its digest, byte for byte. Raises OSError."""
        digest, size = hashlib.sha256(), 0
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
        name = f"{layout.MEDIA}/{layout.file_name(kind)}/{digest.hexdigest()[:20]}{_extension(ext)}"
        target = self.folder / name
        if not target.exists():
            self._copy(path, target)
        return {"path": name, "sha256": digest.hexdigest(), "size": size}

    def put_file(self, name: str, data: bytes) -> None:
        """Write a file by name (relative, with `/`), whole. Raises OSError."""
        self._require()
        _replace(self.folder / name, data)

    def _require(self) -> None:
        """Raise FileNotFoundError when the run's folder was deleted: it is not made again behind its owner's back."""
        if not self.folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, "the run's folder is gone", str(self.folder))

    def place(self, name: str) -> Path:
        """Return where a file of this name stands, below `files/`."""
        return self.folder / name

    def copy(self, source: Path, name: str) -> None:
        """Copy a file to a name below `files/`. Raises OSError."""
        self._copy(source, self.folder / name)

    def _copy(self, source: Path, target: Path) -> None:
        self._require()
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".{target.name[:80]}.{os.getpid()}.part")
        try:
            shutil.copyfile(source, aside)
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)


def _extension(ext: str) -> str:
    ext = ext.lower().lstrip(".")
    return f".{layout.file_name(ext)}" if ext else ""


def write_for_people(folder: Path, config: dict[str, Any], summary: dict[str, Any]) -> None:
    """Write `config.yaml` (nested) and `summary.json` (one flat row); never read back by tracklog. Raises OSError."""
    if not folder.is_dir():
        raise FileNotFoundError(errno.ENOENT, "the run's folder is gone", str(folder))
    _replace(folder / layout.CONFIG_FILE, _yaml(config).encode("utf-8", "surrogateescape"))
    _replace(folder / layout.SUMMARY_FILE, encoding.dumps(summary, orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _yaml(config: dict[str, Any]) -> str:
    """Return a config as YAML of the values that were logged, whichever version of YAML reads it."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Puts a text in quotes where a reader of YAML 1.2 would take it for a number, as 1e5."""

    def represented(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        misleads = encoding.read(text, None) is not None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="'" if misleads else None)

    Dumper.add_representer(str, represented)
    return yaml.dump(encoding.as_logged(config), Dumper=Dumper, sort_keys=False, allow_unicode=True)


def _replace(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name[:80]}.{os.getpid()}.part")
    try:
        aside.write_bytes(data)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
