"""Looking through what one run or artifact gives to a site.

Entries are looked at as they are to be written, so that nothing reaches a site by another way; what they hold tells which
file, line or key is named.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import orjson

from site_builder import packed, rules
from site_builder.gate import Hit
from site_builder.redaction import CONSOLE, Given, Label, Redaction, Words, is_json
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from site_builder import artifacts
    from site_builder.artifact_model import RunFile
    from site_builder.gate import Gate
    from site_builder.model import RunHead
    from site_builder.runs import Built
    from site_builder.series import Entry

NAME, BINARY = "its name", "a logged value that is no text"
"""Places in which nothing can be replaced."""
VALUES, CELLS = "a logged value", "a table"


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
            yield from self._value(data, BINARY if packed.is_binary(data) else label.place if label else VALUES)

    def _value(self, data: bytes, place: str) -> Iterator[Hit]:
        text = packed.text(data)
        if is_json(text):
            yield from self.gate.look_into(text, place)
            return
        yield from self.gate.look(text, place)  # comments and scripts of HTML, which nobody reads, among it
        if "<" in text:
            yield from self.gate.look(text, place, markup=True)

    def close(self, given: Given) -> Inspector:
        """Keep what is given, with words for all that was found where the gate replaces."""
        redaction = Redaction(self.gate, self.words, self._labels, self._paths)
        self.given = redaction.given(given) if self.words else given
        self._labels, self._paths = {}, {}
        return self

    def record(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return what the manifest keeps of the run, with words, and that it was looked at."""
        record = record | {"gate": self.gate.signature}
        if not self.words:
            return record
        return Redaction(self.gate, self.words, {}, {}).record(record)

    def blocking(self) -> list[Hit]:
        """Return what cannot be replaced, or is not to be."""
        return [hit for hit in self.hits if not self.gate.replaces or hit.place in (NAME, BINARY)]

    def page(self, text: str) -> str:
        """Return a page of the run with words."""
        return Redaction(self.gate, self.words, {}, {}).page(text) if self.words else text

    def name(self, digest: str) -> str:
        """Return what a file is called now that was named by what it held."""
        return self.words.files.get(digest, digest)


def of_run(gate: Gate, built: Built, held: dict[str, list[Entry]], page: bytes) -> Inspector:
    """Look through a run."""
    row = built.row
    given = Given(built.parts, built.contents, held, page)
    inspector = Inspector(
        gate, row.entry.removeprefix("r/"), labels_of(built.head, row.entry), paths_of(built.head.files)
    )
    inspector.note(names(gate, built.source.project, built.source.run, row.id))
    inspector.note(people(row.user, row.host, gate))
    told = {
        "config": built.config,
        "summary": built.summary,
        "environment": built.environment,
        "error": built.error,
        "damage": built.broken,
    }
    inspector.note(gate.look_into(orjson.dumps({name: value for name, value in told.items() if value}).decode(), ""))
    inspector.look(given)
    return inspector.close(given)


def of_artifact(gate: Gate, built: artifacts.Built, page: bytes) -> Inspector:
    """Look through an artifact."""
    paths = paths_of(file.file for file in built.latest)
    inspector = Inspector(gate, built.row.entry.removeprefix("a/"), {}, paths)
    given = Given(built.parts, built.contents, {}, page)
    inspector.note(names(gate, *built.row.entry.split("/")[1:]))
    inspector.look(given)
    return inspector.close(given)


def names(gate: Gate, *found: str) -> Iterator[Hit]:
    """Yield what must not leave in names of files of the site: as they are, and as people gave them."""
    for name in found:
        for text in dict.fromkeys((name, layout.original_name(name) or name)):
            yield from gate.look(text, NAME)


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
        names[f"{entry}/{number}"] = label  # in a single file those of full files as well
        if full:
            names[f"{entry}/{head.full[place]}/{number - head.part_starts[place]}"] = label
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
