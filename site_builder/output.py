"""The only code that writes a site: a folder of files, or one HTML file.

Everything is written beside its place and put there with `os.replace`, so that a reader, or a build that is killed,
never sees half a file. In a folder an entry file is a classic script, since that is what a page on file:// can load.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from site_builder import templates
from site_builder.gate import GateError
from site_builder.manifest import PART
from site_builder.series import Entry
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from site_builder.contents import Content
    from site_builder.gate import Gate, Hit
    from site_builder.pictures import MediaFile


VERSION = "version.js"
"""By which pages learn of everything else; it is written last."""
FRAME = "frame.html"
"""Where user HTML runs, sandboxed."""
STAGE = "staged"
"""Where in the site's own folder the files of a build wait for the gate."""


class Folder:
    """A site as a folder; remembers what it wrote and what was there already."""

    def __init__(self, root: Path, known: dict[str, str], gate: Gate | None = None) -> None:
        """`known` maps the paths of earlier builds to the hashes of their content.

        Before a `gate` everything is put beside the site, and into it by `release`; what was not `inspected` is looked at.
        """
        self.root = root
        self.gate = gate
        self.hits: list[Hit] = []
        """What must not leave."""
        self.stage = root if gate is None else root / layout.SITE_FOLDER / STAGE
        if gate is not None:
            shutil.rmtree(self.stage, ignore_errors=True)  # of a build that was killed
        self.outputs: dict[str, str] = {}
        """Path and content hash of everything that belongs to the site after this build."""
        self.written: list[str] = []
        self._looks = True
        self._known = known
        self._folders: set[str] = set()

    def write(self, path: str, data: bytes, digest: str = "") -> str:
        """Write a file unless it has this content already; return the content's hash, which a caller may know."""
        digest = digest or digest_of(data)
        self.outputs[path] = digest
        if self._known.get(path) == digest and self.place(path).is_file():
            return digest
        if not self._may_leave(path, data):
            return digest
        self._replace(path, data)
        self._known[path] = digest
        self.written.append(path)
        return digest

    def place(self, path: str) -> Path:
        """Return where a file of the site is read, which may be not yet in it."""
        if self.gate is not None and (self.stage / path).is_file():
            return self.stage / path
        return self.root / path

    @contextlib.contextmanager
    def inspected(self) -> Iterator[None]:
        """Write what the gate has seen."""
        before, self._looks = self._looks, False
        yield
        self._looks = before

    def _may_leave(self, path: str, data: bytes) -> bool:
        """Look at what no inspector has seen: pages and entries about several runs."""
        if not self._looks or self.gate is None or path.startswith("assets/") or path in (VERSION, FRAME):
            return True
        before = len(self.hits)
        if path.endswith(".html"):
            self.hits += self.gate.look(data.decode("utf-8", "replace"), path, markup=True)
        for entry in entries_of(data) if path.startswith("data/") else ():
            self.hits += self.gate.look(entry.name, path)
            if isinstance(entry.data, str):
                self.hits += self.gate.look_into(entry.data, path)
        return len(self.hits) == before

    def release(self) -> None:
        """Put into the site what is beside it. Raises GateError, and leaves the site as it was, where something must not leave."""
        if self.gate is None:
            return
        self.check()
        for path in self.written:
            if (self.stage / path).is_file():
                self._make(self.root, path)
                (self.stage / path).replace(self.root / path)
        self.drop()
        self.stage = self.root

    def check(self) -> None:
        """Raise GateError where something must not leave."""
        if self.hits:
            raise GateError(self.hits)

    def drop(self) -> None:
        """Leave the site as it was."""
        if self.stage != self.root:
            shutil.rmtree(self.stage, ignore_errors=True)

    def copy(self, file: MediaFile) -> str:
        """Put a media file in its place, whose name is the hash of its content. Raises OSError."""
        digest = Path(file.place).stem
        self.outputs[file.place] = digest
        if self._known.get(file.place) == digest and self.place(file.place).is_file():
            return digest
        target = self.stage / file.place
        if file.data is not None:
            self._replace(file.place, file.data)
        elif file.derived:
            raise FileNotFoundError(2, f"{file.place} is gone while the site is written", str(target))
        else:
            self._make(self.stage, file.place)
            aside = target.with_name(f"{target.name}.{os.getpid()}{PART}")
            shutil.copyfile(file.source, aside)
            aside.replace(target)
        self._known[file.place] = digest
        self.written.append(file.place)
        return digest

    def adopt(self, entry: str, digests: Iterable[str], written: Iterable[str]) -> None:
        """Count files of finished blocks among the site's; `written` were written just now."""
        mine = {f"data/{full_file(entry, digest)}": digest for digest in digests}
        self.outputs |= mine
        self.written += written
        if self.gate is not None:
            return
        folder = f"data/{full_file(entry, '')}".rpartition("/")[0]
        try:
            names = os.listdir(f"{self.root}/{folder}")  # noqa: PTH208 - there may be thousands
        except OSError:
            return
        for name in names:
            path = f"{folder}/{name}"
            if path not in mine and path not in self._known:
                (self.root / path).unlink(missing_ok=True)  # a build that was killed, or a run that changed, left it

    def write_parts(self, name: str, parts: Iterable[Sequence[Entry]]) -> list[str]:
        """Write the data files of a run, `<name>.<number>.js`; return their references with versions."""
        references = []
        for number, entries in enumerate(parts):
            file = f"{name}.{number}.js"
            version = version_of(entries)
            self.write(f"data/{file}", data_script(file, version, entries))
            references.append(f"{file}?v={version}")
        return references

    @contextlib.contextmanager
    def gathered(self) -> Iterator[dict[str, str]]:
        """Gather the outputs of one run or artifact apart; afterwards they are among all the others."""
        before, self.outputs = self.outputs, {}
        yield self.outputs
        before |= self.outputs
        self.outputs = before

    def write_shared(
        self, contents: Iterable[Content], media: Iterable[MediaFile]
    ) -> Iterator[tuple[MediaFile, OSError]]:
        """Write what others may hold, too; yield the media files that cannot be copied: each costs itself alone."""
        for content in contents:
            self.write_content(content)
        for file in media:
            try:
                self.copy(file)
            except OSError as error:  # noqa: PERF203 - each file is another one
                yield file, error

    def write_content(self, content: Content) -> None:
        """Write a content unless it is there: its name says what it holds."""
        path = f"data/{content.file}"
        self.outputs[path] = content.digest
        if self._known.get(path) != content.digest or not self.place(path).is_file():
            self.write(path, data_script(content.file, content.digest, content.entries), content.digest)

    def remove(self, paths: Iterable[str]) -> list[str]:
        """Delete outputs of earlier builds, and the folders they leave empty; return what was deleted."""
        removed = []
        for path in sorted(paths):
            target = self.root / path
            if target.is_file() and not target.is_symlink():
                target.unlink()
                removed.append(path)
            self._known.pop(path, None)
            parent = target.parent
            while parent != self.root and parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()
                self._folders.discard(str(parent))
                parent = parent.parent
        return removed

    def _replace(self, path: str, data: bytes) -> None:
        self._make(self.stage, path)
        put(f"{self.stage}/{path}", data)

    def _make(self, root: Path, path: str) -> None:
        """Make the folder of a file of the site, or of what waits for the gate."""
        folder = f"{root}/{path}".rpartition("/")[0]
        if folder not in self._folders:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)


def full_file(entry: str, digest: str) -> str:
    """Return the file of finished blocks of a run, relative to the site's ``data``; `entry` is that of its head."""
    return f"{entry.removeprefix('r/')}.full/{digest}.js"


class NotWrittenError(OSError):
    """The site cannot be written, whatever it is that was to be put there."""


class Written:
    """Puts files of finished blocks into a site at once, from whichever process makes them; remembers those it wrote."""

    def __init__(self, root: Path, entry: str) -> None:
        """`entry` is that of the run's head."""
        self.root, self.entry = root, entry
        self.files: dict[str, list[Entry]] = {}
        """None: what it keeps is in the site."""
        self._written: list[str] = []

    def keep(self, digest: str, entries: Sequence[Entry]) -> None:
        """Write a file unless it is there: its name says what it holds. Raises NotWrittenError."""
        file = full_file(self.entry, digest)
        target = self.root / "data" / file
        if target.is_file():
            return
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            put(target, data_script(file, digest, entries))
        except OSError as error:
            raise NotWrittenError(error.errno, error.strerror, str(target)) from error
        self._written.append(f"data/{file}")

    def taken(self) -> list[str]:
        """Return the paths of files that were written since this was asked last."""
        written, self._written = self._written, []
        return written


class Held:
    """Keeps files of finished blocks in memory, for a site that is one file or lies on another machine."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self.files: dict[str, list[Entry]] = {}

    def keep(self, digest: str, entries: Sequence[Entry]) -> None:
        """Keep a file."""
        self.files[digest] = list(entries)

    def taken(self) -> list[str]:
        """Return nothing: no file is put into a site."""
        return []


def put(target: str | Path, data: bytes) -> None:
    """Write a file beside its place and put it there. Raises OSError."""
    # By strings and descriptors: of a cold build of small runs, paths and buffers took a tenth of the time.
    aside = f"{target}.{os.getpid()}{PART}"
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        written = os.write(handle, data)
        while written < len(data):
            written += os.write(handle, data[written:])
    finally:
        os.close(handle)
    os.replace(aside, target)  # noqa: PTH105


def version_of(entries: Sequence[Entry]) -> str:
    """Return the version of a data file: a hash of what is in it."""
    total = hashlib.sha256()
    for entry in entries:
        total.update(entry.name.encode() + b"\0")
        total.update(entry.data.encode() if isinstance(entry.data, str) else entry.data)
    return total.hexdigest()[:10]


def data_script(file: str, version: str, entries: Sequence[Entry]) -> bytes:
    """Return a data file of a folder: ``tracklog.put(file, version, [[name, form, text], …])``."""
    items = ",".join(f"[{_literal(entry.name)},{_payload(entry)}]" for entry in entries)
    return f"tracklog.put({_literal(file)},{_literal(version)},[{items}]);\n".encode()


def digest_of(data: bytes) -> str:
    """Return the hash by which a site knows what a file holds."""
    return hashlib.sha256(data).hexdigest()[:16]


def entries_of(script: bytes) -> Iterator[Entry]:
    """Yield the entries of a data file that `data_script` made."""
    for name, text, coded in _ENTRY.findall(script):
        data = base64.b64decode(coded) if coded else _ESCAPED.sub(_unescaped, text).decode()
        yield Entry(_ESCAPED.sub(_unescaped, name).decode(), data)


_TEXT = rb"'((?:[^'\\]|\\.)*)'"
_ENTRY = re.compile(rb"\[" + _TEXT + rb",(?:0," + _TEXT + rb'|1,"([^"]*)")\]', re.DOTALL)
_ESCAPED = re.compile(rb"\\(x3c|u2028|u2029|.)")


def _unescaped(found: re.Match[bytes]) -> bytes:
    escapes = {b"x3c": b"<", b"n": b"\n", b"r": b"\r", b"u2028": "\u2028".encode(), b"u2029": "\u2029".encode()}
    return escapes.get(found[1], found[1])


def version_script(version: bytes) -> bytes:
    """Return ``version.js`` from the JSON of a `Version`."""
    return f"tracklog.version({templates.escape_script(version.decode())});\n".encode()


def _payload(entry: Entry) -> str:
    if isinstance(entry.data, str):
        return f"0,{_literal(entry.data)}"
    return f'1,"{base64.b64encode(entry.data).decode()}"'


def _literal(text: str) -> str:
    """Return a JavaScript string literal; JSON inside of it needs hardly any escapes between single quotes."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("<", "\\x3c")
    escaped = (
        escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    )
    return f"'{escaped}'"
