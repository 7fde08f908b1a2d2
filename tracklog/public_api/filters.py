"""Filters in MongoDB's form, as scripts hand them to `Api.runs`, over any function from a column to its value.

As in MongoDB: a condition on a list holds when it holds for the list or any item; a value that is not there equals None,
and nothing is greater or less than it; numbers, texts and bools are compared among their own kind only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

MISSING: Final = object()
"""The value of a column that a run does not have."""

Lookup = Callable[[str], Any]
Test = Callable[[Any], bool]
Filter = Callable[[Lookup], bool]

_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "$gt": lambda value, operand: value > operand,
    "$gte": lambda value, operand: value >= operand,
    "$lt": lambda value, operand: value < operand,
    "$lte": lambda value, operand: value <= operand,
}
_JOINS: dict[str, Callable[[list[bool]], bool]] = {"$and": all, "$or": any, "$nor": lambda found: not any(found)}
OPERATORS = (*_JOINS, "$not", "$eq", "$ne", *_ORDERED, "$in", "$nin", "$exists", "$regex")


def compiled(filters: Mapping[str, Any], operand: Callable[[str, Any], Any] = lambda _, value: value) -> Filter:
    """Return what tells of a run, by its columns, whether it matches.

    `operand` makes a filter's value comparable with those of a column, given the column and the value. Raises ValueError
    for an unknown operator or what it cannot take.
    """
    parts = [_part(key, value, operand) for key, value in _mapping(filters, "a filter").items()]
    return lambda lookup: all(part(lookup) for part in parts)


def _part(key: str, value: Any, operand: Callable[[str, Any], Any]) -> Filter:
    if key == "$not":
        inner = compiled(value, operand)
        return lambda lookup: not inner(lookup)
    if key in _JOINS:
        join, several = _JOINS[key], [compiled(part, operand) for part in _listed(key, value)]
        return lambda lookup: join([part(lookup) for part in several])
    if key.startswith("$"):
        _refuse(key)
    test = _condition(value, lambda given: operand(key, given))
    return lambda lookup: test(lookup(key))


def _condition(value: Any, operand: Test) -> Test:
    """Return the test that the value of a column stands for: its operators, or equality."""
    if not isinstance(value, Mapping) or not any(str(name).startswith("$") for name in value):
        return _equals(operand(value))
    tests = [_test(str(name), given, operand) for name, given in value.items()]
    return lambda found: all(test(found) for test in tests)


def _test(name: str, given: Any, operand: Test) -> Test:
    if name == "$not":
        inner = _condition(given, operand)
        return lambda found: not inner(found)
    if name in ("$in", "$nin"):
        tests = [_equals(operand(item)) for item in _listed(name, given)]
        return lambda found: any(test(found) for test in tests) == (name == "$in")
    if name in ("$eq", "$ne"):
        same = _equals(operand(given))
        return lambda found: same(found) == (name == "$eq")
    if name == "$exists":
        return lambda found: (found is not MISSING) == bool(given)
    if name == "$regex":
        pattern = _pattern(given)
        return lambda found: any(isinstance(item, str) and bool(pattern.search(item)) for item in _each(found))
    if name in _ORDERED:
        limit, compare = operand(given), _ORDERED[name]
        kind = _kind(limit)
        if not kind:
            msg = f"{name} compares with a number, a text or a bool, not with {given!r}"
            raise ValueError(msg)
        return lambda found: any(_kind(item) == kind and compare(item, limit) for item in _each(found))
    _refuse(name)
    return lambda _: False


def _refuse(name: str) -> None:
    msg = f"{name!r} is no operator of a filter; there are {', '.join(OPERATORS)}"
    raise ValueError(msg)


def _equals(operand: Any) -> Test:
    if operand is None:
        return lambda found: found is MISSING or any(item is None for item in _each(found))
    wanted = list(operand) if isinstance(operand, tuple) else operand
    return lambda found: any(_same(item, wanted) for item in _each(found))


def _each(found: Any) -> list[Any]:
    return [found, *found] if isinstance(found, list) else [found]


def _same(one: Any, other: Any) -> bool:
    if _kind(one) != _kind(other):
        return False
    return bool(one == other) or (isinstance(one, float) and math.isnan(one) and math.isnan(other))


def _kind(value: Any) -> str:
    """Return what is compared with each other; "" for what has no order."""
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, int | float) else "text" if isinstance(value, str) else ""


def _pattern(given: Any) -> re.Pattern[str]:
    try:
        return re.compile(given)
    except (re.error, TypeError) as error:
        msg = f"$regex takes a regular expression, and {given!r} is none: {error}"
        raise ValueError(msg) from error


def _listed(name: str, given: Any) -> list[Any]:
    if not isinstance(given, list | tuple | set | frozenset):
        msg = f"{name} takes a list, not {given!r}"
        raise ValueError(msg)  # noqa: TRY004 - a filter that cannot be read, as any other
    return list(given)


def _mapping(given: Any, noun: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        msg = f"{noun} is a dict such as {{'state': 'finished'}}, not {given!r}"
        raise ValueError(msg)  # noqa: TRY004 - as above
    return given
