"""Words for what must not leave, in all that a run or an artifact gives to a site.

What was found anywhere in a run is replaced in all of it. Files that are named by their content get the name of what they hold
then, wherever they are named.
"""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from site_builder import highlight, packed, plain
from site_builder.contents import Content
from site_builder.series import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from site_builder.gate import Gate, Hit

CONSOLE = "console"
_SHORTEST = 6
"""Characters of a value that is replaced wherever it stands: shorter ones are words."""
_NAME = 4
"""Characters of a name that is replaced in the middle of a sentence: shorter ones are syllables of everything."""
_AS_IS = frozenset(
    ("entry", "page", "parts", "outputs", "pictures", "signature", "media", "project", "run", "root", "viewers", "state",
     "least", "greatest", "artifacts", "gate", "digests")
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
    """Only as words of their own: names."""
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
                yield from ((m.start(1), m.end(1), word) for m in _stands(value).finditer(text))


@functools.lru_cache(1000)
def _stands(value: str) -> re.Pattern[str]:
    """Return where a name stands for somebody: as a word of its own, or, short ones, alone in a line and in paths."""
    if len(value) >= _NAME:
        return re.compile(rf"(?<![A-Za-z0-9_])({re.escape(value)})(?![A-Za-z0-9_])")
    return re.compile(rf"(?:^[ \t]*|/home/|/Users/)({re.escape(value)})(?=[ \t]*$|/|@)", re.MULTILINE)


class Redaction:
    """Replaces in one run or artifact."""

    def __init__(self, gate: Gate, words: Words, labels: Mapping[str, Label], paths: Mapping[str, str]) -> None:
        """`labels` name blocks by their entries, `paths` files by their contents."""
        self._gate, self._words = gate, words
        self._labels, self._paths = labels, paths

    def given(self, given: Given) -> Given:
        """Return what is given, with words."""
        held = {}
        for digest, entries in given.held.items():
            kept = [self._with_words(entry) for entry in entries]
            held[self._renamed(digest, kept, entries)] = kept
        contents = [self._content(content) for content in given.contents]
        parts = [[self._with_words(entry) for entry in part] for part in given.parts]
        names = self._words.files
        return Given(
            parts=[[_named(entry, names) for entry in part] for part in parts],
            contents=contents,
            held={digest: [_named(entry, names) for entry in entries] for digest, entries in held.items()},
            page=self.page(given.page.decode("utf-8", "replace")).encode("utf-8", "replace"),
        )

    def page(self, text: str) -> str:
        """Return a page with words, as soon as all else has them."""
        return _renamed_in(self.text(text, markup=True), self._words.files)

    def _renamed(self, digest: str, kept: Sequence[Entry], before: Sequence[Entry]) -> str:
        if list(kept) == list(before):
            return digest
        data = b"".join(packed.raw(entry.data) for entry in kept)
        self._words.files[digest] = hashlib.sha256(data + digest.encode()).hexdigest()[: len(digest)]
        return self._words.files[digest]

    def _content(self, content: Content) -> Content:
        first, *marks = content.entries
        path = self._paths.get(first.name, "")
        data = packed.raw(first.data)
        changed = self._file(data)
        if changed == data:
            return content
        digest = hashlib.sha256(changed + content.digest.encode()).hexdigest()[: len(content.digest)]
        self._words.files[content.digest] = digest
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
            changed = data if packed.is_binary(data) else self._value(text).encode("utf-8", "replace")
        return entry if changed == data else Entry(entry.name, packed.pack(changed))

    def _value(self, text: str) -> str:
        if is_json(text):
            return self._json(text)
        text = self.text(text)  # comments and scripts of HTML, which nobody reads, among it
        return self.text(text, markup=True) if "<" in text else text

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
        """Return what the manifest keeps of the run, with words."""
        row = {name: item if name in _AS_IS else self.value(item) for name, item in record["row"].items()}
        return {name: item if name in _AS_IS else self.value(item) for name, item in record.items()} | {"row": row}

    def text(self, text: str, *, markup: bool = False, lines: bool = False) -> str:
        """Return a text with words; `lines` keeps how many it has."""
        if text in self._words.everywhere or text in self._words.whole:
            return self._words.everywhere.get(text) or self._words.whole[text]
        if len(text) < 3:  # noqa: PLR2004
            return text
        shown = plain.of(text, markup=markup)
        parts = list(self._words.spans(shown.text))
        parts += [
            (start, end, self._gate.word(kind, shown.text[start:end]))
            for kind, start, end in self._gate.find(shown.text)
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


def _named(entry: Entry, names: Mapping[str, str]) -> Entry:
    data = entry.data if isinstance(entry.data, bytes) else _renamed_in(entry.data, names)
    return Entry(_renamed_in(entry.name, names), data)


def _renamed_in(text: str, names: Mapping[str, str]) -> str:
    for before, after in names.items():
        text = text.replace(before, after)
    return text


def is_json(text: str) -> bool:
    """Return whether a text is a JSON object or list."""
    if text[:1] not in ("{", "["):
        return False
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True
