r"""The filter grammar of `tracklog runs`; the page has it in ``lib/filter.ts``, and both read ``filter_cases.json``.

::

    any       = all ("or" all)*
    all       = term (["and"] term)*
    term      = "(" any ")" | key operator value | key "in" "(" value ("," value)* ")" | key "has" value
    operator  = "=" | "!=" | ">" | ">=" | "<" | "<=" | "~" | "!~"

Keys are fields of the run first (state, name, tags, …), then summary, then config; ``summary.`` and ``config.`` choose.
Quotes (with ``\"`` and ``\\`` inside) carry what is not a word, and say that a value is a text: ``1`` is the number,
``"1"`` the text. A list is equal to one in brackets, as ``[0.9, 0.999]``, and to each of its items. Numbers compare to
the last digit. A missing key fulfils only ``!=`` and ``!~``.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracklog.errors import UsageError
from tracklog.store import encoding, layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Predicate = Callable[[Mapping[str, Any]], bool]

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_SIGN = r"(!=|!~|>=|<=|[=><~(),])"
_LIST = r'\[(?:[^\[\]"]|"(?:[^"\\]|\\.)*"|\[[^\[\]]*\])*\](?=[\s),]|$)'
_WORD = r'[^\s"=><~!(),]+(?:![^\s"=><~!(),]+)*'
_TOKEN = re.compile(rf"\s*(?:{_QUOTED}|{_SIGN}|({_LIST}|{_WORD}))", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?\d+")
_SPAN = re.compile(r"([\d.]+)(ms|s|m|min|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_OPERATORS = ("=", "!=", ">", ">=", "<", "<=", "~", "!~")
_MISSING = object()
_TEXTS = frozenset(
    (
        "name",
        "state",
        "tags",
        "tag",
        "notes",
        "group",
        "job_type",
        "host",
        "user",
        "commit",
        "id",
        "root",
        "project",
        "entity",
    )
)
"""Fields that hold texts only: there, digits are a text without quotes, too."""


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


def columns(text: str) -> list[str]:
    """Return the columns that a filter asks for. Raises UsageError as `compile_filter`."""
    return list(dict.fromkeys(condition.key for condition in _conditions(text)))


def unmeasured(text: str, run: Mapping[str, Any]) -> list[str]:
    """Return the columns of a filter that a run lacks, or that are neither above nor at most what they are compared with.

    These are NaN, and texts beside numbers. Raises UsageError as `compile_filter`.
    """
    return [condition.key for condition in _conditions(text) if not condition.is_measured(run)]


def _conditions(text: str) -> list[_Condition]:
    parser = _Parser(_tokens(text))
    if parser.kind != "end":
        parser.any()
    return parser.conditions


def unknown_columns(text: str, runs: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the columns of a filter that none of some runs has; runs as `compile_filter` takes them."""
    among = list(runs)
    return [key for key in columns(text) if all(_lookup(run, key) is _MISSING for run in among)]


def value(run: Mapping[str, Any], column: str) -> Any:
    """Return what a run has in a column, as it is stored; None where it has none."""
    found = _lookup(run, column)
    return None if found is _MISSING else found


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
        self.conditions: list[_Condition] = []
        """Those that it has met."""

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
        key = self._value("a column").text
        if self._word("in"):
            return self._met(_Condition(key, "in", self._list()))
        if self._word("has"):
            return self._met(_Condition(key, "has", [self._value("a value")]))
        operator = self.text
        if self.kind != "sign" or operator not in _OPERATORS:
            raise UsageError(f"filter: after {key!r} an operator is missing: = != > >= < <= ~ !~ in has")
        self._at += 1
        return self._met(_Condition(key, operator, [self._value("a value")]))

    def _met(self, condition: _Condition) -> Predicate:
        self.conditions.append(condition)
        return condition.holds

    def _list(self) -> list[_Literal]:
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

    def _value(self, what: str) -> _Literal:
        if self.kind not in ("word", "quoted"):
            raise UsageError(f"filter: {what} is missing {f'before {self.text}' if self.text else 'at the end'}")
        self._at += 1
        kind, text = self._tokens[self._at - 1]
        return _Literal(text, quoted=kind == "quoted")

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
class _Literal:
    text: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class _Condition:
    key: str
    operator: str
    values: list[_Literal]

    def holds(self, run: Mapping[str, Any]) -> bool:
        value, first = _lookup(run, self.key), self.values[0]
        if value is _MISSING:
            return self.operator in ("!=", "!~")
        value = encoding.decoded(value)
        if self.operator in ("=", "!="):
            return _equal(value, first, self.key) == (self.operator == "=")
        if self.operator == "in":
            return any(_equal(value, literal, self.key) for literal in self.values)
        if self.operator == "has":
            return _equal(value, first, self.key) if isinstance(value, list) else first.text in _text(value)
        if self.operator in ("~", "!~"):
            found = any(_search(first.text, _text(item)) for item in (value if isinstance(value, list) else [value]))
            return found == (self.operator == "~")
        return _compare(value, self.operator, first, self.key)

    def is_measured(self, run: Mapping[str, Any]) -> bool:
        """Return whether a run has what is asked for, and an ordering has two sides."""
        value = _lookup(run, self.key)
        if value is _MISSING:
            return False
        found = encoding.decoded(value)
        if self.operator not in (">", ">=", "<", "<="):
            return bool(found == found)  # noqa: PLR0124 - NaN
        return any(_compare(found, side, self.values[0], self.key) for side in ("<=", ">"))


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
    for tier in ("summary", "config"):  # as people read it: dots within a name are escaped where it is stored
        for stored, value in run.get(tier, {}).items():
            if "\\" in stored and layout.plain_path(stored) in (key, key.removeprefix(f"{tier}.")):
                return value
    return _MISSING


def _text(value: Any) -> str:
    return value if isinstance(value, str) else encoding.written(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number_in(text: str, key: str) -> float | None:
    """Return what a text means as a number, to the last digit: 1e-4, 2026-11-17 (UTC) beside a date, 90m beside a duration."""
    if _NUMBER.fullmatch(text):
        return int(text) if _WHOLE.fullmatch(text) else float(text)
    if key == "created" and re.match(r"\d{4}-\d\d-\d\d", text):
        try:
            moment = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone.utc)).timestamp()
    span = _SPAN.fullmatch(text) if key == "duration" else None
    return float(span[1]) * _SECONDS[span[2]] if span else None


def _same(a: Any, b: Any) -> bool:
    """Tell whether two values are equal and of one type, where all numbers are of one type and compare exactly."""
    if _is_number(a) and _is_number(b):
        return bool(a == b or (a != a and b != b))  # noqa: PLR0124 - NaN
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_same, a, b))
    return type(a) is type(b) and bool(a == b)


def _equal(value: Any, literal: _Literal, key: str) -> bool:
    text = literal.text
    meant = _MISSING if literal.quoted else encoding.read(text, _MISSING)
    if meant is not _MISSING and _same(value, meant):
        return True
    if isinstance(value, list):
        return any(_equal(item, literal, key) for item in value)
    if _is_number(value):
        return not literal.quoted and _same(value, _number_in(text, key))
    if isinstance(value, str):
        return value == text and (meant is _MISSING or key in _TEXTS or encoding.is_kept_as_text(meant))
    return not literal.quoted and _text(value) == text


def _compare(value: Any, operator: str, literal: _Literal, key: str) -> bool:
    text = literal.text
    wanted = _number_in(text, key)
    if _is_number(value) and wanted is not None:
        below, above = bool(value < wanted), bool(value > wanted)
    elif isinstance(value, str) and (wanted is None or literal.quoted):
        below, above = value < text, value > text
    else:
        return False
    equal = bool(not below and not above and value == value)  # noqa: PLR0124 - NaN
    return {">": above, ">=": above or equal, "<": below, "<=": below or equal}[operator]


def _search(pattern: str, text: str) -> bool:
    """Search by regular expression, ignoring case; a pattern that is none is taken literally."""
    try:
        return re.search(pattern, text, re.IGNORECASE) is not None
    except re.error:
        return pattern.lower() in text.lower()
