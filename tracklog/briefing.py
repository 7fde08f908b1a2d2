"""Runs in brief, for a pull request's comment, a terminal or a job that decides: metrics, a baseline, trends.

What runs are called is a stranger's text: in Markdown it stands in code spans, which hold no markup and call nobody.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracklog import filters, listing
from tracklog.errors import UsageError, visible
from tracklog.report import digits, sparkline
from tracklog.store import encoding, fold, layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MOST = 5
"""Runs that are told of where nobody names any: the newest."""
METRICS = 30
"""Metrics of a run that text and Markdown show, at most."""


@dataclass(slots=True)
class Brief:
    """A run in brief."""

    row: dict[str, Any]
    """As `listing` describes it."""
    metrics: dict[str, float]
    """Numbers of the summary by their names, as people read them; bools are 0 and 1."""
    trends: dict[str, str] = field(default_factory=dict)
    """Sparklines of those that were logged more than once."""

    @property
    def name(self) -> str:
        """What the run is called."""
        return str(self.row.get("name") or self.row["id"])


def of_run(folder: Path) -> Brief:
    """Return a run in brief."""
    row, rows = listing.described(folder)
    numbers = {key: number for key, value in row.get("summary", {}).items() if (number := _number(value)) is not None}
    logged: dict[str, list[float]] = {key: [] for key in numbers}
    for one in rows:
        for key, value in fold.flatten(one).items():
            if key in logged and (number := _number(value)) is not None:
                logged[key].append(number)
    names = _names(numbers)
    return Brief(
        row,
        {names[key]: number for key, number in numbers.items()},
        {names[key]: line for key, values in logged.items() if (line := sparkline(values))},
    )


def _names(keys: Iterable[str]) -> dict[str, str]:
    """Return how people read keys; two that would read alike keep their escapes."""
    plain = {key: layout.plain_path(key) for key in keys}
    read = list(plain.values())
    return {key: name if read.count(name) == 1 else key for key, name in plain.items()}


def _number(value: Any) -> float | None:
    found = encoding.decoded(value)
    return found if isinstance(found, int | float) else None


def failures(brief: Brief, conditions: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each condition under which a run counts as failed, and that it meets.

    A run that lacks what a condition asks for, has NaN there or a text where a number is, meets it: a job that decides must
    not pass by what nobody measured. Raises UsageError for a condition that cannot be read.
    """
    row = listing.asked(brief.row)
    for condition in conditions:
        values = {column: encoding.decoded(filters.value(row, column)) for column in filters.columns(condition)}
        if not values:
            msg = f"--fail-if {condition!r} asks for nothing; write as 'val/acc < 0.9'"
            raise UsageError(msg)
        said = ", ".join(f"{column} is {_said(value)}" for column, value in values.items())
        if filters.unmeasured(condition, row) or filters.compile_filter(condition)(row):
            yield f"{brief.name} fails by {condition!r}: {said}"


def _said(value: Any) -> str:
    if value is None:
        return "missing"
    return digits(value) if isinstance(value, int | float) else str(value)


def chosen(brief: Brief, keys: tuple[str, ...]) -> list[str]:
    """Return the metrics that are told: those that are asked for, or as many as are shown. Raises UsageError."""
    if not keys:
        return list(brief.metrics)[:METRICS]
    found = [key for key in keys if key in brief.metrics]
    if not found:
        there = ", ".join(map(visible, list(brief.metrics)[:METRICS])) or "no number at all"
        msg = f"{brief.name} has none of {', '.join(keys)} in its summary; it has {there}"
        raise UsageError(msg)
    return found


def text(briefs: list[Brief], baseline: Brief | None, keys: tuple[str, ...]) -> str:
    """Return runs for a terminal."""
    pieces = []
    for brief in briefs:
        rows = [list(_cells(brief, baseline, key)) for key in chosen(brief, keys)]
        head = ["metric", "value", *([visible(baseline.name), "change"] if baseline else []), "trend"]
        lines = [head, *rows] if rows else []
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        pieces.append(f"{visible(brief.name)} ({visible(str(brief.row['id']))}): {', '.join(_facts(brief))}\n")
        pieces += [
            "  "
            + "  ".join(
                cell.rjust(width) if 0 < n < len(line) - 1 else cell.ljust(width)
                for n, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            + "\n"
            for line in lines
        ]
        pieces.append(_more(brief, keys, "  {}\n"))
    return "".join(pieces)


def markdown(briefs: list[Brief], baseline: Brief | None, keys: tuple[str, ...]) -> str:
    """Return runs as Markdown: a table each, as GitHub and GitLab show it."""
    pieces = []
    for brief in briefs:
        facts = " · ".join(_facts(brief))
        pieces.append(f"**{_code(brief.name)}** ({_code(str(brief.row['id']))}) · {facts}\n\n")
        head = ["metric", "value", *([_cell(baseline.name), "change"] if baseline else []), "trend"]
        rows = [list(_cells(brief, baseline, key)) for key in chosen(brief, keys)]
        if rows:
            pieces.append(f"| {' | '.join(head)} |\n|---|{'--:|' * (len(head) - 2)}---|\n")
        pieces += [f"| {_cell(name)} | {' | '.join(cells)} |\n" for name, *cells in rows]
        pieces.append(_more(brief, keys, "\n{}\n") + "\n")
    return "".join(pieces).rstrip("\n") + "\n"


def as_json(briefs: list[Brief], baseline: Brief | None, keys: tuple[str, ...], failed: list[str]) -> str:
    """Return runs as JSON; numbers that JSON lacks are the texts that the format has for them."""
    told = {
        "runs": [_record(brief, baseline, keys) for brief in briefs],
        "baseline": _record(baseline, None, ()) if baseline else None,
        "failed": failed,
    }
    import orjson

    return encoding.dumps(told, orjson.OPT_INDENT_2).decode() + "\n"


def _record(brief: Brief, baseline: Brief | None, keys: tuple[str, ...]) -> dict[str, Any]:
    wanted = chosen(brief, keys) if keys else list(brief.metrics)
    facts = {
        key: brief.row.get(key) for key in ("project", "id", "name", "state", "created", "duration", "rows", "step")
    }
    metrics = {}
    for key in wanted:
        value = brief.metrics[key]
        metrics[key] = {"value": encoding.number(value), "trend": brief.trends.get(key, "")}
        if baseline and key in baseline.metrics:
            before = baseline.metrics[key]
            metrics[key] |= {"baseline": encoding.number(before), "change": encoding.number(value - before)}
    return facts | {"metrics": metrics}


def _facts(brief: Brief) -> list[str]:
    row = brief.row
    facts = [str(row["state"])]
    if isinstance(row.get("duration"), float):
        facts.append(listing.span(row["duration"]))
    return [*facts, f"{row.get('rows') or 0:,} rows"]


def _cells(brief: Brief, baseline: Brief | None, key: str) -> Iterator[str]:
    value = brief.metrics[key]
    yield visible(key)
    yield digits(value)
    if baseline:
        before = baseline.metrics.get(key)
        yield "" if before is None else digits(before)
        yield "" if before is None else _change(value, before)
    yield brief.trends.get(key, "")


def _change(value: float, before: float) -> str:
    change = value - before
    if not math.isfinite(change):
        return ""
    text = f"{'+' if change >= 0 else '−'}{digits(abs(change))}"
    return f"{text} ({change / abs(before):+.1%})".replace("(-", "(−") if before else text


def _more(brief: Brief, keys: tuple[str, ...], form: str) -> str:
    left = 0 if keys else len(brief.metrics) - METRICS
    return form.format(f"and {left:,} more metrics; --keys chooses") if left > 0 else ""


def _code(text: str) -> str:
    """Return a text as a code span."""
    inner = visible(text).replace("`", "'")
    return f"`{inner}`" if inner.strip() else "` `"


def _cell(text: str) -> str:
    """Return a text as a code span in a table, where a bar needs a backslash even there."""
    return _code(text).replace("|", "\\|")
