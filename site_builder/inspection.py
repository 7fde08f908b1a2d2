"""Looking through what one run or artifact gives to a site, and replacing in it what must not leave.

Entries are looked at as they are to be written, so that nothing reaches a site by another way; what they hold tells which
file, line or key is named. Where the gate replaces, what was found anywhere in a run is replaced in all of it, and files that
are named by their content get the name of what they hold then.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from site_builder import highlight, packed, plain, rules
from site_builder.contents import Content
from site_builder.gate import Hit
from site_builder.series import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from site_builder import artifacts
    from site_builder.artifact_model import RunFile
    from site_builder.gate import Gate
    from site_builder.model import RunHead
    from site_builder.runs import Built

CONSOLE = "console"
NAME = "its name"
VALUES, CELLS = "a logged value", "a table"
_SHORTEST = 6
"""Characters of a value that is replaced wherever it stands: shorter ones are words."""
_AS_IS = frozenset(
    ("entry", "page", "parts", "outputs", "pictures", "signature", "media", "project", "run", "root", "viewers", "state",
     "sessions", "least", "greatest", "artifacts", "gate", "digests")
)  # fmt: skip
"""What of a run's record names files of the site."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a block holds."""

    place: str
    first: int = 0
    """Its first line, from 0."""
    is_file: bool = False


@dataclass(slots=True)
class Given:
    """What a run or an artifact gives to a site, as far as it holds texts."""

    parts: list[list[Entry]]
    contents: list[Content]
    held: dict[str, list[Entry]]
    """Files of finished blocks by their digests."""
    page: bytes


@dataclass(slots=True)
class Words:
    """What was found in a run, and the words that stand for it; texts with them."""

    everywhere: dict[str, str] = field(default_factory=dict)
    whole: dict[str, str] = field(default_factory=dict)
    """Only where a text is nothing else: names that are words as well."""
    files: dict[str, str] = field(default_factory=dict)
    """New names of files that are named by what they hold."""

    def __bool__(self) -> bool:
        """Return whether anything is to be replaced."""
        return bool(self.everywhere or self.whole)

    def add(self, hit: Hit, word: str) -> None:
        """Keep what stands for a hit."""
        is_word = hit.kind == "user" or (hit.kind == "host" and hit.value.isalpha()) or len(hit.value) < _SHORTEST
        (self.whole if is_word else self.everywhere)[hit.value] = word

    def spans(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield where values stand in a text, with their words."""
        for value, word in self.everywhere.items():
            at = text.find(value)
            while at >= 0:
                yield at, at + len(value), word
                at = text.find(value, at + len(value))
        for value, word in self.whole.items():
            if value in text:
                yield from (
                    (m.start(1), m.end(1), word)
                    for m in re.finditer(
                        rf"(?:^[ \t]*|/home/|/Users/)({re.escape(value)})(?=[ \t]*$|/|@)", text, re.MULTILINE
                    )
                )


class Inspector:
    """Looks through one run or artifact."""

    def __init__(self, gate: Gate, run: str, labels: Mapping[str, Label], paths: Mapping[str, str]) -> None:
        """`labels` name blocks by their entries, `paths` files by their contents."""
        self.gate, self.run = gate, run
        self._labels, self._paths = labels, paths
        self.hits: list[Hit] = []
        self.words = Words()
        self.given: Given

    def note(self, hits: Iterable[Hit]) -> None:
        """Keep what was found."""
        for hit in hits:
            self.hits.append(dataclasses.replace(hit, run=self.run))
            if self.gate.replaces:
                self.words.add(hit, self.gate.word(hit.kind, hit.value))

    def look(self, given: Given) -> None:
        """Look at all that is given."""
        for entry in _entries(given):
            self.note(self._entry(entry))
        self.note(self.gate.look(given.page.decode("utf-8", "replace"), "its page", markup=True))

    def _entry(self, entry: Entry) -> Iterator[Hit]:
        label = self._labels.get(entry.name)
        if isinstance(entry.data, str):
            yield from self.gate.look_into(entry.data, "")
            return
        data = packed.raw(entry.data)
        path = self._paths.get(entry.name)
        if path is not None or (label is not None and label.is_file):
            yield from self.gate.look(packed.text(data), path or (label.place if label else ""))
        elif entry.name.endswith("/marks") or packed.is_numbers(data):
            return
        elif label is not None and label.place == CONSOLE:
            lines = [str(line[2]) for line in orjson.loads(data)]
            for hit in self.gate.look("\n".join(lines), CONSOLE):
                yield dataclasses.replace(hit, line=hit.line + label.first)
        elif end := packed.cells(data):
            yield from self.gate.look_into(data[4:end].decode("utf-8", "replace"), label.place if label else CELLS)
        else:
            text = packed.text(data)
            place = label.place if label else VALUES
            yield from (
                self.gate.look_into(text, place) if _is_json(text) else self.gate.look(text, place, markup="<" in text)
            )

    def close(self, given: Given) -> Inspector:
        """Keep what is given, with words for all that was found where the gate replaces."""
        self.given = self._replaced(given) if self.words else given
        self._labels, self._paths = {}, {}
        return self

    # -- replacing

    def _replaced(self, given: Given) -> Given:
        held = {}
        for digest, entries in given.held.items():
            kept = [self._with_words(entry) for entry in entries]
            held[self._renamed(digest, kept, entries)] = kept
        contents = [self._content(content) for content in given.contents]
        parts = [[self._with_words(entry) for entry in part] for part in given.parts]
        names = self.words.files
        return Given(
            parts=[[_named(entry, names) for entry in part] for part in parts],
            contents=contents,
            held={digest: [_named(entry, names) for entry in entries] for digest, entries in held.items()},
            page=_renamed_in(self.text(given.page.decode("utf-8", "replace"), markup=True), names).encode(
                "utf-8", "replace"
            ),
        )

    def _renamed(self, digest: str, kept: Sequence[Entry], before: Sequence[Entry]) -> str:
        if list(kept) == list(before):
            return digest
        data = b"".join(packed.raw(entry.data) for entry in kept)
        self.words.files[digest] = hashlib.sha256(data + digest.encode()).hexdigest()[: len(digest)]
        return self.words.files[digest]

    def _content(self, content: Content) -> Content:
        first, *marks = content.entries
        path = self._paths.get(first.name, "")
        data = packed.raw(first.data)
        changed = self._file(data)
        if changed == data:
            return content
        digest = hashlib.sha256(changed + content.digest.encode()).hexdigest()[: len(content.digest)]
        self.words.files[content.digest] = digest
        entries = [Entry(f"c/{digest}", packed.pack(changed))]
        if marks:
            entries.append(Entry(f"c/{digest}/marks", packed.pack(highlight.marks(path, packed.text(changed)))))
        return Content(digest, tuple(entries))

    def _file(self, data: bytes) -> bytes:
        text = packed.text(data)
        changed = self.text(text)
        if changed == text:
            return data
        if packed.is_binary(data):
            return b"left out: it holds what must not leave\n"
        return changed.encode("utf-8", "replace")

    def _with_words(self, entry: Entry) -> Entry:
        label = self._labels.get(entry.name)
        if isinstance(entry.data, str):
            return Entry(entry.name, self._json(entry.data))
        data = packed.raw(entry.data)
        if label is not None and label.is_file:
            changed = self._file(data)
        elif packed.is_numbers(data):
            return entry
        elif label is not None and label.place == CONSOLE:
            changed = self._lines(data)
        elif end := packed.cells(data):
            changed = packed.with_cells(data, end, self._json(data[4:end].decode("utf-8", "replace")).encode())
        else:
            text = packed.text(data)
            changed = (self._json(text) if _is_json(text) else self.text(text, markup="<" in text)).encode(
                "utf-8", "replace"
            )
            if packed.is_binary(data):
                changed = data
        return entry if changed == data else Entry(entry.name, packed.pack(changed))

    def _lines(self, data: bytes) -> bytes:
        """Return a block of the console; what begins in one line and ends in another leaves the others empty."""
        lines = orjson.loads(data)
        whole = "\n".join(str(line[2]) for line in lines)
        changed = self.text(whole, lines=True)
        if changed == whole:
            return data
        for line, text in zip(lines, changed.split("\n"), strict=True):
            line[2] = text
        return b"[" + b",".join(map(orjson.dumps, lines)) + b"]"

    def _json(self, text: str) -> str:
        value = orjson.loads(text)
        changed = self.value(value)
        return text if changed == value else orjson.dumps(changed).decode()

    def value(self, value: Any) -> Any:
        """Return a JSON value with words in its strings and names."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(name): self.value(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        return value

    def record(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return what the manifest keeps of the run, with words, and that it was looked at."""
        record = record | {"gate": self.gate.signature}
        if not self.words:
            return record
        row = {name: item if name in _AS_IS else self.value(item) for name, item in record["row"].items()}
        return {name: item if name in _AS_IS else self.value(item) for name, item in record.items()} | {"row": row}

    def blocking(self) -> list[Hit]:
        """Return what cannot be replaced, or is not to be."""
        return [hit for hit in self.hits if not self.gate.replaces or hit.place == NAME]

    def name(self, digest: str) -> str:
        """Return what a file is called now that was named by what it held."""
        return self.words.files.get(digest, digest)

    def text(self, text: str, *, markup: bool = False, lines: bool = False) -> str:
        """Return a text with words; `lines` keeps how many it has."""
        if text in self.words.everywhere or text in self.words.whole:
            return self.words.everywhere.get(text) or self.words.whole[text]
        if len(text) < 3:  # noqa: PLR2004
            return text
        shown = plain.of(text, markup=markup)
        parts = list(self.words.spans(shown.text))
        parts += [
            (start, end, self.gate.word(kind, shown.text[start:end])) for kind, start, end in self.gate.find(shown.text)
        ]
        if not parts:
            return text
        if lines:
            parts = [(a, b, word + "\n" * shown.text.count("\n", a, b)) for a, b, word in parts]
        return shown.replaced(_apart(parts))


def _apart(parts: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Yield parts that do not overlap, those that begin first and then the longest."""
    at = 0
    for start, end, word in sorted(parts, key=lambda part: (part[0], -part[1])):
        if start >= at:
            yield start, end, word
            at = end


def of_run(gate: Gate, built: Built, held: dict[str, list[Entry]], page: bytes) -> Inspector:
    """Look through a run."""
    row = built.row
    given = Given(built.parts, built.contents, held, page)
    inspector = Inspector(
        gate, row.entry.removeprefix("r/"), labels_of(built.head, row.entry), paths_of(built.head.files)
    )
    inspector.note(gate.look(row.page, NAME))
    inspector.note(people(row.user, row.host, gate))
    told = {"config": built.config, "summary": built.summary, "environment": built.environment, "error": built.error}
    inspector.note(gate.look_into(orjson.dumps({name: value for name, value in told.items() if value}).decode(), ""))
    inspector.look(given)
    return inspector.close(given)


def of_artifact(gate: Gate, built: artifacts.Built, page: bytes) -> Inspector:
    """Look through an artifact."""
    paths = paths_of(file.file for file in built.latest)
    inspector = Inspector(gate, built.row.entry.removeprefix("a/"), {}, paths)
    given = Given(built.parts, built.contents, {}, page)
    inspector.note(gate.look(built.row.page, NAME))
    inspector.look(given)
    return inspector.close(given)


def labels_of(head: RunHead, entry: str) -> dict[str, Label]:
    """Return what the blocks of a run hold, by the names of their entries; numbers are left out."""
    found: dict[int, Label] = {}
    for number, first in zip(head.logs.blocks, head.logs.starts, strict=False):
        found[number] = Label(CONSOLE, first)
    for series in head.series:
        if series.kind not in ("number", "bool"):
            for number in series.levels[0].blocks if series.levels else ():
                found[number] = Label(f"history, {series.key}")
    for file in head.files:
        if file.block >= 0:
            found[file.block] = Label(file.path, is_file=True)
    names = {}
    for number, label in found.items():
        place = sum(1 for first in head.part_starts[: len(head.full)] if first <= number) - 1
        full = place >= 0 and number < _end(head, place)
        names[f"{entry}/{head.full[place]}/{number - head.part_starts[place]}" if full else f"{entry}/{number}"] = label
    return names


def _end(head: RunHead, place: int) -> int:
    """Return the first block behind a full file."""
    return head.part_starts[place + 1] if place + 1 < len(head.part_starts) else 1 << 62


def paths_of(files: Iterable[RunFile]) -> dict[str, str]:
    """Return the paths of files whose contents have entries of their own, by these."""
    return {f"c/{file.content}": file.path for file in files if file.content}


def people(user: str, host: str, gate: Gate) -> Iterator[Hit]:
    """Yield the account and the machine that a run names, where they are somebody's."""
    if rules.is_person(user) and not gate.passes("user", user):
        yield Hit("user", user, "run.json", 1)
    if rules.is_machine(host) and not gate.passes("host", host):
        yield Hit("host", host, "run.json", 1)


def _entries(given: Given) -> Iterator[Entry]:
    for part in given.parts:
        yield from part
    for content in given.contents:
        yield content.entries[0]
    for entries in given.held.values():
        yield from entries


def _named(entry: Entry, names: Mapping[str, str]) -> Entry:
    data = entry.data if isinstance(entry.data, bytes) else _renamed_in(entry.data, names)
    return Entry(_renamed_in(entry.name, names), data)


def _renamed_in(text: str, names: Mapping[str, str]) -> str:
    for before, after in names.items():
        text = text.replace(before, after)
    return text


def _is_json(text: str) -> bool:
    if text[:1] not in ("{", "["):
        return False
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True
