r"""What `define_metric` says of metrics: their x axis, what of them the summary keeps, and which are hidden.

A definition has the path of a metric (nested keys joined by ``.``, literal dots escaped ``\.``) or the start of paths and a
``*``. The exact one of a key wins, then the one with the longest start. Keys that begin with ``_`` are matched by exact
names only, and no metric is its own x axis.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracklog.store import encoding, layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tracklog.store.layout import Event

KINDS = ("min", "max", "mean", "last", "first", "best", "copy", "none")
"""What the summary may keep of a metric; ``copy``, the last value as it is, is the default."""
STATISTICS = frozenset(("min", "max", "mean", "last", "first", "best"))
GOALS = ("minimize", "maximize")
GLOB = "*"
_SAID = ("step_metric", "step_sync", "hidden", "summary", "goal")


@dataclass(frozen=True, slots=True)
class Definition:
    """What one call of `define_metric` says, or what several say together; None and empty mean: nothing."""

    name: str
    step_metric: str | None = None
    step_sync: bool | None = None
    hidden: bool | None = None
    summary: tuple[str, ...] = ()
    goal: str | None = None
    since: float = 0.0
    """Unix seconds from which on the summary follows it."""

    def over(self, other: Definition) -> Definition:
        """Return `other` with what this one says over it."""
        said = {name: value for name in _SAID if (value := getattr(self, name)) not in (None, ())}
        return dataclasses.replace(other, **said, since=other.since if other.summary else self.since)

    @property
    def statistics(self) -> tuple[str, ...]:
        """The numbers that the summary keeps in place of the last value."""
        return tuple(kind for kind in self.summary if kind in STATISTICS)

    def fields(self) -> dict[str, Any]:
        """Return what the event says."""
        found = {name: value for name in ("name", *_SAID) if (value := getattr(self, name)) not in (None, ())}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


@dataclass(slots=True)
class Definitions:
    """All definitions of a run."""

    by_name: dict[str, Definition] = field(default_factory=dict)
    _found: dict[str, Definition | None] = field(default_factory=dict)

    def add(self, definition: Definition, *, overwrite: bool = False) -> Definition:
        """Add one; what it says comes over what was said of the name before, or with `overwrite` in its place."""
        before = self.by_name.get(definition.name)
        whole = definition if overwrite or before is None else definition.over(before)
        self.by_name[whole.name] = whole
        self._found.clear()
        return whole

    def of(self, path: str) -> Definition | None:
        """Return what is said of a metric; None when that is nothing."""
        if path not in self._found:
            self._found[path] = self._look(path)
        return self._found[path]

    def x_of(self, path: str) -> str | None:
        """Return the metric that a metric is drawn over; None for the step."""
        found = self.of(path)
        return None if found is None or found.step_metric == path else found.step_metric

    def _look(self, path: str) -> Definition | None:
        plain = layout.plain_path(path)
        exact = self.by_name.get(path) or self.by_name.get(plain)
        globs = [d for d in self.by_name.values() if d.name.endswith(GLOB) and plain.startswith(_start(d.name))]
        if not globs or plain.startswith("_"):
            return exact
        glob = max(globs, key=lambda d: len(d.name))
        if exact is None:
            # Whoever counts is not drawn over itself.
            return None if glob.step_metric in (path, plain) else dataclasses.replace(glob, name=path)
        return (
            exact
            if exact.step_metric or glob.step_metric in (path, plain)
            else exact.over(dataclasses.replace(glob, name=path))
        )

    @property
    def step_metrics(self) -> set[str]:
        """The metrics that others are drawn over."""
        return {d.step_metric for d in self.by_name.values() if d.step_metric}

    @property
    def has_statistics(self) -> bool:
        """Whether the summary keeps anything but last values."""
        return any(set(d.summary) - {"copy"} for d in self.by_name.values())


def _start(glob: str) -> str:
    return layout.plain_path(glob[: -len(GLOB)])


def definitions(events: Iterable[Event]) -> Definitions:
    """Return what the ``metric`` events of a run say, in their order; what is no definition is left out."""
    found = Definitions()
    for event in events:
        name, summary = event.get("name"), event.get("summary") or []
        if not isinstance(name, str) or not isinstance(summary, list):
            continue
        found.add(
            Definition(
                name,
                step_metric=_text(event.get("step_metric")),
                step_sync=_bool(event.get("step_sync")),
                hidden=_bool(event.get("hidden")),
                summary=tuple(kind for kind in summary if kind in KINDS),
                goal=goal if (goal := event.get("goal")) in GOALS else None,
                since=layout.number(event.get(layout.TIMESTAMP)),
            ),
            overwrite=event.get("overwrite") is True,
        )
    return found


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _bool(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


@dataclass(slots=True)
class Statistic:
    """The numbers of one metric so far, NaN left out."""

    count: int = 0
    total: float = 0.0
    least: float = math.nan
    greatest: float = math.nan
    first: float = math.nan
    last: float = math.nan

    def add(self, value: float) -> None:
        """Count one number."""
        if math.isnan(value):
            return
        if not self.count:
            self.least = self.greatest = self.first = value
        self.count += 1
        self.total += value
        self.last = value
        if value < self.least:
            self.least = value
        elif value > self.greatest:
            self.greatest = value

    def shown(self, definition: Definition) -> dict[str, Any]:
        """Return what the summary keeps, as JSON numbers."""
        best = self.greatest if definition.goal == "maximize" else self.least
        known = {
            "min": self.least, "max": self.greatest, "mean": self.total / self.count if self.count else math.nan,
            "last": self.last, "first": self.first, "best": best,
        }  # fmt: skip
        return {kind: _number(known[kind]) for kind in definition.statistics}


def _number(value: Any) -> Any:
    return encoding.number(value) if isinstance(value, float) else value


@dataclass(slots=True)
class Statistics:
    """The numbers of all metrics of which the summary keeps something else than the last value."""

    definitions: Definitions
    by_path: dict[str, Statistic] = field(default_factory=dict)

    def add(self, row: Mapping[str, Any], wanted: Callable[[str, Definition], bool] | None = None) -> list[str]:
        """Count a row; return the paths of which the summary keeps something else. `wanted` may leave some out."""
        found = []
        for parts, value in leaves(row):
            path = layout.join_path(parts)
            definition = self.definitions.of(path)
            if definition is None or not set(definition.summary) - {"copy"}:
                continue
            if wanted is not None and not wanted(path, definition):
                continue
            found.append(path)
            statistic = self.by_path.setdefault(path, Statistic())
            number = as_number(value)
            if number is not None:
                statistic.add(number)
        return found

    def of(self, path: str) -> Statistic | None:
        """Return the numbers of a metric, at first none; None where its last value is what is kept."""
        definition = self.definitions.of(path)
        if definition is None or not set(definition.summary) - {"copy"}:
            return None
        return self.by_path.setdefault(path, Statistic())

    def overlay(self, summary: dict[str, Any], paths: Iterable[str]) -> None:
        """Put into a nested summary of last values what is kept of some metrics in their place."""
        for path in paths:
            definition, statistic = self.definitions.of(path), self.by_path.get(path)
            if definition is None or statistic is None:
                continue
            if definition.statistics and statistic.count:
                _put(summary, layout.split_path(path), statistic.shown(definition))
            elif "none" in definition.summary:
                _put(summary, layout.split_path(path), None)

    def forget(self, path: str) -> None:
        """Begin afresh with a metric, as after its summary was set by hand."""
        self.by_path.pop(path, None)


def leaves(row: Mapping[str, Any], prefix: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the parts of its path and the value of all that a row holds, its clocks left out."""
    for key, value in row.items():
        if layout.is_nesting(value):
            yield from leaves(value, (*prefix, key))
        elif prefix or key not in layout.CLOCKS:
            yield (*prefix, key), value


def as_number(value: Any) -> float | None:
    """Return the number that a JSON value stands for; None for what is none, as a bool."""
    if value.__class__ is float or value.__class__ is int:
        return value
    return layout.NON_FINITE.get(value) if value.__class__ is str else None


def _put(summary: dict[str, Any], parts: tuple[str, ...], value: dict[str, Any] | None) -> None:
    place = summary
    for part in parts[:-1]:
        inner = place.get(part)
        # A copy, since rows of the log share their nested dicts with the summary.
        place[part] = dict(inner) if isinstance(inner, dict) else {}
        place = place[part]
    if value is None:
        place.pop(parts[-1], None)
    else:
        place[parts[-1]] = value
