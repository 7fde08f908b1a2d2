"""The gate: what of a site must not leave, and what stands in its place where it is replaced.

A `Gate` looks at texts as people read them (`site_builder.plain`). It knows the rules, the allow-list, and, where it replaces,
the key from which the words are made that stand for a secret: equal secrets get equal words, which tell nothing of them to
whoever has not the key. What it finds it names by kind and fingerprint, never by value.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from site_builder import detectors, plain, promises, rules
from tracklog.errors import Error, visible
from tracklog.store import layout
from tracklog.store.files import content

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CHUNK = 200_000
"""Characters of a text that are looked at together, about."""
SHOWN = 40
"""Hits that a message lists, at most."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that must not leave: where it is and what, never which."""

    kind: str
    value: str = field(repr=False)
    place: str
    """The file, or the part of the page, that holds it."""
    line: int
    """From 1 on; 0 where there are no lines."""
    run: str = ""
    """The run or artifact."""

    @property
    def is_personal(self) -> bool:
        """Whether it tells of people or machines, and opens no door."""
        return self.kind in rules.PERSONAL

    @property
    def fingerprint(self) -> str:
        """By which an allow-list names it."""
        return fingerprint(self.value)


@functools.lru_cache(10_000)
def fingerprint(value: str) -> str:
    """Return 8 hex digits that stand for a value; slow by intent, since short values can be guessed from fast ones."""
    return hashlib.scrypt(value.encode("utf-8", "replace"), salt=b"tracklog gate", n=2048, r=8, p=1, dklen=4).hex()


@dataclass(frozen=True, slots=True)
class Gate:
    """What is looked for, what may pass, and how it is replaced."""

    allow: frozenset[str] = frozenset()
    """Kinds of personal data, and fingerprints."""
    key: bytes = field(default=b"", repr=False)
    """By which words for secrets are made; empty where hits block."""

    @property
    def replaces(self) -> bool:
        """Whether hits are replaced."""
        return bool(self.key)

    @property
    def signature(self) -> str:
        """Return what a run must have passed not to be looked at again, or was replaced by."""
        key = hmac.digest(self.key, b"signature", "sha256").hex() if self.key else ""
        text = "\0".join([_rules(), detectors.version(), key, *sorted(self.allow)])
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def word(self, kind: str, value: str) -> str:
        """Return what stands for a value."""
        return f"‹{kind}-{hmac.digest(self.key, value.encode('utf-8', 'replace'), 'sha256').hex()[:6]}›"

    def passes(self, kind: str, value: str) -> bool:
        """Return whether the allow-list names a value, or its kind."""
        if not self.allow:
            return False
        return (kind in rules.PERSONAL and kind in self.allow) or fingerprint(value) in self.allow

    def find(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield kind and place of what must not leave in a text as people read it."""
        for start, end in _chunks(text):
            for one in detectors.book().find(text[start:end]):
                if not self.passes(one.kind, text[start + one.start : start + one.end]):
                    yield one.kind, start + one.start, start + one.end

    def look(self, text: str, place: str, *, markup: bool = False) -> Iterator[Hit]:
        """Yield what must not leave in a text, with its line."""
        if not any(self.find(plain.stripped(text) if markup else plain.quick(text))):
            return
        shown = plain.of(text, markup=markup)
        for kind, start, end in self.find(shown.text):
            line = text.count("\n", 0, shown.back(start, end)[0]) + 1
            yield Hit(kind, shown.text[start:end], place, line)

    def look_into(self, text: str, place: str) -> Iterator[Hit]:
        """Yield what must not leave in the strings of a JSON text."""
        shown = plain.quick(text)
        if "\\" in shown:  # a string that holds JSON itself
            shown = plain.quick(shown)
        rough = list(self.find(shown))
        if rough:
            found = list(self._in_strings(orjson.loads(text), place))
            yield from found or (Hit(kind, shown[start:end], place, 0) for kind, start, end in rough)

    def _in_strings(self, value: Any, place: str) -> Iterator[Hit]:
        for path, text in strings(value, place):
            shown = plain.quick(text)
            name = path.rpartition("/")[2]
            if promises.promised(name, shown) and not self.passes("", shown):
                yield Hit(promises.kind(name), shown, path, 0)
            else:
                yield from (Hit(kind, shown[start:end], path, 0) for kind, start, end in self.find(shown))


@functools.cache
def _rules() -> str:
    """Return a hash of all that decides what is found: what passed other rules is looked at again."""
    total = hashlib.sha256()
    for module in (detectors, plain, promises, rules):
        total.update(content(Path(str(module.__file__))))
    return total.hexdigest()


class GateError(Error):
    """A site was not written, since something would have left with it."""

    def __init__(self, hits: Iterable[Hit]) -> None:
        """`hits` are all that was found."""
        self.hits = list(hits)
        super().__init__(message(self.hits))


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Yield parts of a text that end with lines, where there are any; long lines overlap by what a value may take."""
    start = 0
    while len(text) - start > CHUNK * 2:
        end = text.rfind("\n", start, start + CHUNK) + 1
        if end <= start or "-----BEGIN" in text[max(start, end - 8_000) : end]:
            end = start + CHUNK
            yield start, end + 8_000
        else:
            yield start, end
        start = end
    yield start, len(text)


def strings(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield the strings of a JSON value with their paths; keys are strings as well."""
    stack = [(place, value)]
    while stack:
        path, one = stack.pop()
        if isinstance(one, str):
            yield path, one
        elif isinstance(one, dict):
            for key, item in one.items():
                if len(key) > promises.SHORTEST_KEY:
                    yield f"a name in {path}", key
                stack.append((f"{path}/{key}" if path else key, item))
        elif isinstance(one, list | tuple):
            stack += [(path, item) for item in reversed(one)]


def message(hits: Iterable[Hit]) -> str:
    """Return what a person reads: each secret with its run, file and line, and people and machines by kind."""
    secrets: dict[tuple[str, str], list[Hit]] = {}
    people: dict[str, list[Hit]] = {}
    for hit in hits:
        if hit.is_personal:
            people.setdefault(hit.kind, []).append(hit)
        else:
            secrets.setdefault((hit.kind, hit.fingerprint), []).append(hit)
    lines = ["nothing was written: the gate found what must not leave"]
    lines += [_listed(kind, mark, found) for (kind, mark), found in list(secrets.items())[:SHOWN]]
    if len(secrets) > SHOWN:
        lines.append(f"  and {len(secrets) - SHOWN:,} more secrets")
    lines += [_summed(kind, found) for kind, found in sorted(people.items())]
    lines.append(
        "--redact replaces it in the site, but for names of runs, projects, artifacts and metrics, which are to be changed; "
        "tracklog.yaml lets pass what is none, by its fingerprint (or a kind of personal data): publish: {allow: [...]}"
    )
    return _without({hit.value for found in secrets.values() for hit in found}, "\n".join(lines))


def _without(values: set[str], text: str) -> str:
    """Return a message without the values that it is about: names of runs and files hold them, too."""
    for value in sorted(values, key=len, reverse=True):
        for form in (value, layout.file_name(value)):
            text = text.replace(form, "***") if form else text
    return text


def _where(hit: Hit) -> str:
    line = f", line {hit.line}" if hit.line else ""
    return visible(f"{hit.run}: {hit.place}{line}" if hit.run else f"{hit.place}{line}")


def _listed(kind: str, mark: str, found: list[Hit]) -> str:
    more = len({_where(hit) for hit in found}) - 1
    others = f" and {more:,} more place{'s' if more > 1 else ''}" if more else ""
    return f"  {kind} {mark} in {_where(found[0])}{others}"


def _summed(kind: str, found: list[Hit]) -> str:
    values = {hit.value for hit in found}
    marks = ", ".join(map(fingerprint, sorted(values)[:3])) + (", …" if len(values) > 3 else "")  # noqa: PLR2004
    runs = len({hit.run for hit in found})
    return f"  {kind}: {len(values):,} ({marks}) in {runs:,} run{'' if runs == 1 else 's'}, first in {_where(found[0])}"
