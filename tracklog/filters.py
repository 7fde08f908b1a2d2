r"""The filter grammar of `tracklog runs`; the page has it in ``lib/filter.ts``, and both read ``filter_cases.json``.

::

    any       = all ("or" all)*
    all       = term (["and"] term)*
    term      = "(" any ")" | key operator value | key "in" "(" value ("," value)* ")" | key "has" value
    operator  = "=" | "!=" | ">" | ">=" | "<" | "<=" | "~" | "!~"

Keys are fields of the run first (state, name, tags, …), then summary, then config; ``summary.`` and ``config.`` choose.
Quotes (with ``\"`` and ``\\`` inside) carry what is not a word. A missing key fulfils only ``!=`` and ``!~``.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Predicate = Callable[[Mapping[str, Any]], bool]

_TOKEN = re.compile(
    r'\s*(?:"((?:[^"\\]|\\.)*)"|(!=|!~|>=|<=|[=><~(),])|([^\s"=><~!(),]+(?:![^\s"=><~!(),]+)*))', re.DOTALL
)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
_SPAN = re.compile(r"([\d.]+)(ms|s|m|min|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_OPERATORS = ("=", "!=", ">", ">=", "<", "<=", "~", "!~")
_MISSING = object()


def compile_filter(text: str) -> Predicate:
    """Return what tells whether a run matches.

    A run is a mapping with its fields, and ``summary`` and ``config`` as flat mappings. Raises UsageError, which says
    where a filter cannot be read.
    """
    parser = _Parser(_tokens(text))
    if parser.kind == "end":
        return lambda _: True
    predicate = parser.any()
    if parser.kind != "end":
        raise UsageError(f"filter {text!r}: unexpected {parser.text!r}")
    return predicate


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise UsageError(f"filter {text!r}: cannot read {text[at:].strip()[:20]!r}")
        quoted, sign, word = match.groups()
        if quoted is not None:
            found.append(("quoted", re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)))
        else:
            found.append(("sign", sign) if sign else ("word", word))
        at = match.end()
    return [*found, ("end", "")]


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def kind(self) -> str:
        return self._tokens[self._at][0]

    @property
    def text(self) -> str:
        return self._tokens[self._at][1]

    def any(self) -> Predicate:
        parts = [self._all()]
        while self._word("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else lambda run: any(part(run) for part in parts)

    def _all(self) -> Predicate:
        parts = [self._term()]
        while self._word("and") or self._starts_term():
            parts.append(self._term())
        return parts[0] if len(parts) == 1 else lambda run: all(part(run) for part in parts)

    def _starts_term(self) -> bool:
        word = self.kind == "word" and self.text.lower() != "or"
        return word or self.kind == "quoted" or (self.kind, self.text) == ("sign", "(")

    def _term(self) -> Predicate:
        if self._sign("("):
            inner = self.any()
            self._closing()
            return inner
        key = self._value("a column")
        if self._word("in"):
            return _Condition(key, "in", self._list()).holds
        if self._word("has"):
            return _Condition(key, "has", [self._value("a value")]).holds
        operator = self.text
        if self.kind != "sign" or operator not in _OPERATORS:
            raise UsageError(f"filter: after {key!r} an operator is missing: = != > >= < <= ~ !~ in has")
        self._at += 1
        return _Condition(key, operator, [self._value("a value")]).holds

    def _list(self) -> list[str]:
        if not self._sign("("):
            raise UsageError("filter: after in a list is missing: in (a, b)")
        values = [self._value("a value")]
        while self._sign(","):
            values.append(self._value("a value"))
        self._closing()
        return values

    def _closing(self) -> None:
        if not self._sign(")"):
            raise UsageError("filter: a closing ) is missing")

    def _value(self, what: str) -> str:
        if self.kind not in ("word", "quoted"):
            raise UsageError(f"filter: {what} is missing {f'before {self.text}' if self.text else 'at the end'}")
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _sign(self, text: str) -> bool:
        return self._accept("sign", self.text == text)

    def _word(self, text: str) -> bool:
        return self._accept("word", self.text.lower() == text)

    def _accept(self, kind: str, fits: bool) -> bool:
        if self.kind != kind or not fits:
            return False
        self._at += 1
        return True


@dataclass(frozen=True, slots=True)
class _Condition:
    key: str
    operator: str
    values: list[str]

    def holds(self, run: Mapping[str, Any]) -> bool:
        value, first = _lookup(run, self.key), self.values[0]
        if value is _MISSING:
            return self.operator in ("!=", "!~")
        if self.operator in ("=", "!="):
            return _equal(value, first, self.key) == (self.operator == "=")
        if self.operator == "in":
            return any(_equal(value, text, self.key) for text in self.values)
        if self.operator == "has":
            return _equal(value, first, self.key) if isinstance(value, list) else first in _text(value)
        if self.operator in ("~", "!~"):
            found = any(_search(first, _text(item)) for item in (value if isinstance(value, list) else [value]))
            return found == (self.operator == "~")
        return _compare(value, self.operator, first, self.key)


def _lookup(run: Mapping[str, Any], key: str) -> Any:
    key = {"tag": "tags"}.get(key, key)
    if key in run and key not in ("summary", "config"):
        return run[key]
    for tier in ("summary", "config"):
        values = run.get(tier, {})
        if key.startswith(f"{tier}.") and key[len(tier) + 1 :] in values:
            return values[key[len(tier) + 1 :]]
        if key in values:
            return values[key]
    return _MISSING


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _literal(text: str, key: str) -> float:
    """Return a literal as a number: 1e-4, 2026-11-17 (UTC) beside a date, 90m beside a duration; else NaN."""
    if _NUMBER.fullmatch(text):
        return float(text)
    if key == "created" and re.match(r"\d{4}-\d\d-\d\d", text):
        try:
            moment = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            return math.nan
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone.utc)).timestamp()
    span = _SPAN.fullmatch(text) if key == "duration" else None
    return float(span[1]) * _SECONDS[span[2]] if span else math.nan


def _equal(value: Any, text: str, key: str) -> bool:
    if isinstance(value, list):
        return any(_equal(item, text, key) for item in value)
    return bool(value == _literal(text, key)) if _is_number(value) else _text(value) == text


def _compare(value: Any, operator: str, text: str, key: str) -> bool:
    wanted = _literal(text, key)
    order: float
    if _is_number(value) and not math.isnan(wanted):
        order = value - wanted
    elif value in ("Infinity", "-Infinity") and not math.isnan(wanted):
        order = 1 if value == "Infinity" else -1
    elif isinstance(value, str) and math.isnan(wanted) and value != "NaN":
        order = (value > text) - (value < text)
    else:
        return False
    return {">": order > 0, ">=": order >= 0, "<": order < 0, "<=": order <= 0}[operator]


def _search(pattern: str, text: str) -> bool:
    """Search by regular expression, ignoring case; a pattern that is none is taken literally."""
    try:
        return re.search(pattern, text, re.IGNORECASE) is not None
    except re.error:
        return pattern.lower() in text.lower()
