"""`define_metric`: what is asked for, checked, and what follows from it while a run logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracklog.errors import Error
from tracklog.store import layout
from tracklog.store.metrics import GLOB, GOALS, KINDS, Definition, Statistic, Statistics, as_number, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Metric:
    """A defined metric, as `define_metric` returns it."""

    def __init__(self, definition: Definition) -> None:
        """`definition` is all that was said of the name so far."""
        self._definition = definition

    name = property(lambda self: self._definition.name, doc="The metric's name, or the start of names and a ``*``.")
    step_metric = property(lambda self: self._definition.step_metric, doc="The metric it is drawn over, or None.")
    step_sync = property(
        lambda self: self._definition.step_sync, doc="Whether rows without the step metric get its last value."
    )
    hidden = property(lambda self: self._definition.hidden, doc="Whether it has no chart of its own.")
    summary = property(
        lambda self: self._definition.summary or None, doc="What the summary keeps of it; None where nobody said."
    )
    goal = property(lambda self: self._definition.goal, doc='"minimize", "maximize" or None.')

    def __repr__(self) -> str:
        """Show what was said."""
        return f"Metric({', '.join(f'{key}={value!r}' for key, value in self._definition.fields().items())})"


def definition(
    name: str,
    step_metric: str | Metric | None,
    step_sync: bool | None,
    hidden: bool | None,
    summary: str | None,
    goal: str | None,
) -> Definition:
    """Return the definition that `define_metric` was asked for.

    Raises Error for a name that is empty or has a ``*`` elsewhere than at its end, for an argument of the wrong type,
    and for a summary or goal that does not exist.
    """
    x = step_metric.name if isinstance(step_metric, Metric) else step_metric
    for argument, value, kind in (
        ("name", name, str), ("step_metric", x or "", str), ("step_sync", bool(0) if step_sync is None else step_sync, bool),
        ("hidden", bool(0) if hidden is None else hidden, bool), ("summary", summary or "", str), ("goal", goal or "", str),
    ):  # fmt: skip
        if not isinstance(value, kind):
            raise Error(f"define_metric({argument}={value!r:.80}): a {kind.__name__}, not {type(value).__name__}")
    if not name or GLOB in name[: -len(GLOB)]:
        raise Error(f"define_metric({name!r}): a name is not empty, and its only * is its end")
    if x and GLOB in x:
        raise Error(f"define_metric(step_metric={x!r}): one metric, without *")
    return Definition(
        name,
        step_metric=x or None,
        step_sync=True if x and step_sync is None else step_sync,
        hidden=hidden,
        summary=_summary(summary or ""),
        goal=_goal(goal),
    )


def _summary(summary: str) -> tuple[str, ...]:
    kinds = tuple(dict.fromkeys(kind.strip().lower() for kind in summary.split(",") if kind.strip()))
    for kind in kinds:
        if kind not in KINDS:
            msg = f"define_metric(summary={summary!r}): {kind!r} does not exist; choose of {', '.join(KINDS)}"
            raise Error(msg)
    return kinds


def _goal(goal: str | None) -> str | None:
    if not goal:
        return None
    found = next((known for known in GOALS if goal.lower().startswith(known[:3])), None)
    if found is None:
        raise Error(f"define_metric(goal={goal!r}) does not exist; choose one of {', '.join(GOALS)}")
    return found


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be done with rows of the same keys."""

    x: tuple[str, ...]
    """Keys that are step metrics."""
    lacking: tuple[str, ...]
    """Step metrics that are to be filled in."""
    counted: tuple[tuple[str, Statistic], ...]
    """Keys of which the summary keeps something else than the last value."""


class Metrics:
    """The definitions of a run at work: they fill in step metrics, and say what its summary keeps."""

    def __init__(self, statistics: Statistics, last: Mapping[str, Any]) -> None:
        """Go on with what a resumed run has counted; `last` holds its last values, where those of step metrics are found."""
        self._statistics = statistics
        self._definitions = statistics.definitions
        self._x: dict[str, tuple[tuple[str, ...], float]] = {}
        """Where step metrics stand in rows, and their last values."""
        self._plans: dict[tuple[str, ...], _Plan] = {}
        """What is to be done with rows of some keys, where all keys are plain."""
        self._unsettled = False
        self._renew(last)

    def _renew(self, last: Mapping[str, Any]) -> None:
        self._plans.clear()
        self.counts = self._definitions.has_statistics
        if self._definitions.step_metrics - self._x.keys():
            self._notice(last)

    def hidden(self, paths: Iterable[str]) -> frozenset[str]:
        """Return those of some paths that are not to be shown by themselves."""
        found = ((path, self._definitions.of(path)) for path in paths)
        return frozenset(path for path, definition in found if definition is not None and definition.hidden)

    def define(self, new: Definition, last: Mapping[str, Any], *, overwrite: bool) -> tuple[Definition, bool]:
        """Add a definition; return all that is said of its name, and whether that is news."""
        before = self._definitions.by_name.get(new.name)
        whole = self._definitions.add(new, overwrite=overwrite)
        self._renew(last)
        return whole, before is None or before.fields() != whole.fields()

    def filled(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return a row with the step metrics that it lacks; for rows without nesting."""
        keys = tuple(data)
        plan = self._plans.get(keys) or self._plan(keys)
        for name in plan.x:
            self._x[name] = (name,), data[name]
        return {**data, **self._nested(plan.lacking)} if plan.lacking else data

    def count(self, data: dict[str, Any]) -> None:
        """Count a row of plain numbers; `settle` puts what follows into the summary."""
        keys = tuple(data)
        plan = self._plans.get(keys) or self._plan(keys)
        for key, statistic in plan.counted:
            value = data[key]
            if value.__class__ is not bool:
                statistic.add(value)
        self._unsettled = True

    def settle(self, last: dict[str, Any]) -> None:
        """Put what is kept of metrics in the place of their last values."""
        if self._unsettled:
            self._unsettled = False
            self._statistics.overlay(last, self._statistics.by_path)

    def _plan(self, keys: tuple[str, ...]) -> _Plan:
        paths = {key: layout.join_path((key,)) for key in keys}
        names = self._definitions.step_metrics
        plan = self._plans[keys] = _Plan(
            x=tuple(key for key in keys if key in names),
            lacking=self._look(paths.values()),
            counted=tuple((key, one) for key, path in paths.items() if (one := self._statistics.of(path)) is not None),
        )
        return plan

    def lacking(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the step metrics that a row of JSON values lacks, nested as their names say."""
        self._notice(row)
        return self._nested(self._look(layout.join_path(parts) for parts, _ in leaves(row)))

    def _nested(self, names: Iterable[str]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name in names:
            parts, value = self._x.get(name, ((name,), 0))
            place = result
            for part in parts[:-1]:
                place = place.setdefault(part, {})
            place[parts[-1]] = value
        return result

    def _notice(self, row: Mapping[str, Any]) -> None:
        names = self._definitions.step_metrics
        for parts, value in leaves(row):
            for name in _names(parts):
                number = as_number(value) if name in names else None
                if number is not None:
                    self._x[name] = parts, number

    def _look(self, paths: Iterable[str]) -> tuple[str, ...]:
        there: set[str] = set()
        wanted: dict[str, None] = {}
        for path in paths:
            there.update((path, layout.plain_path(path)))
            found = self._definitions.of(path)
            if found is not None and found.step_metric and found.step_sync and not path.startswith("_"):
                wanted[found.step_metric] = None
        return tuple(name for name in wanted if name not in there)

    def keep(self, row: Mapping[str, Any], last: dict[str, Any]) -> None:
        """Count a row of the run, and put into its summary what is kept in place of last values."""
        self._statistics.overlay(last, self._statistics.add(row))

    def forget(self, path: tuple[str, ...]) -> None:
        """Begin afresh with a metric whose summary was set by hand."""
        self._statistics.forget(layout.join_path(path))
        self._plans.clear()


def _names(parts: tuple[str, ...]) -> tuple[str, str]:
    return layout.join_path(parts), ".".join(parts)
