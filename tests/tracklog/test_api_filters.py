"""Filters in MongoDB's form against a plain reading of what they mean."""

from __future__ import annotations

import operator
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tracklog.public_api.filters import MISSING, compiled

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from([0.5, float("nan")]), st.text("ab", max_size=2)
)
RUNS = st.dictionaries(st.sampled_from("xyz"), SCALARS | st.lists(SCALARS, max_size=2), max_size=3)
ORDER = {"$gt": operator.gt, "$gte": operator.ge, "$lt": operator.lt, "$lte": operator.le}
LIMITS = st.one_of(st.booleans(), st.integers(-2, 2), st.text("ab", max_size=2))
CONDITIONS = st.recursive(
    st.one_of(
        SCALARS,
        st.builds(lambda name, value: {name: value}, st.sampled_from(["$eq", "$ne"]), SCALARS),
        st.builds(lambda name, value: {name: value}, st.sampled_from([*ORDER]), LIMITS),
        st.builds(lambda name, value: {name: value}, st.sampled_from(["$in", "$nin"]), st.lists(SCALARS, max_size=3)),
        st.builds(lambda value: {"$exists": value}, st.booleans()),
        st.builds(lambda value: {"$regex": value}, st.sampled_from(["a", "^b", "a$", ""])),
    ),
    lambda inner: st.builds(lambda value: {"$not": value}, inner),
    max_leaves=3,
)
FILTERS = st.recursive(
    st.dictionaries(st.sampled_from("xyz"), CONDITIONS, max_size=2),
    lambda inner: st.builds(
        lambda name, parts: {name: parts}, st.sampled_from(["$and", "$or", "$nor"]), st.lists(inner, max_size=2)
    ),
    max_leaves=4,
)


def equal(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other) or (one != one and other != other)  # noqa: PLR0124 - NaN


def holds(condition: Any, values: list[Any], is_there: bool) -> bool:
    """Tell whether a condition holds for any of the values, which are a column's and its items."""
    if not isinstance(condition, dict):
        return any(equal(value, condition) for value in values) or (condition is None and not is_there)
    (name, given_), *_ = condition.items()
    if name in ("$ne", "$nin", "$not"):
        inner = {"$ne": {"$eq": given_}, "$nin": {"$in": given_}, "$not": given_}[name]
        return not holds(inner, values, is_there)
    if name == "$eq":
        return holds(given_, values, is_there)
    if name == "$in":
        return any(holds(item, values, is_there) for item in given_)
    if name == "$exists":
        return bool(is_there == given_)
    if name == "$regex":
        return any(bool(re.search(given_, value)) for value in values if isinstance(value, str))
    kind: Any = bool if isinstance(given_, bool) else str if isinstance(given_, str) else (int, float)
    alike = [
        value for value in values if isinstance(value, kind) and isinstance(value, bool) == isinstance(given_, bool)
    ]
    return any(ORDER[name](value, given_) for value in alike)


def matches(filters: dict[str, Any], run: dict[str, Any]) -> bool:
    found = []
    for key, value in filters.items():
        if key in ("$and", "$or", "$nor"):
            parts = [matches(part, run) for part in value]
            found.append(all(parts) if key == "$and" else any(parts) == (key == "$or"))
        else:
            there = run.get(key)
            values = [] if key not in run else [there, *there] if isinstance(there, list) else [there]
            found.append(holds(value, values, key in run))
    return all(found)


@given(FILTERS, RUNS)
def test_filters_mean_what_they_say(filters: dict[str, Any], run: dict[str, Any]) -> None:
    assert compiled(filters)(lambda key: run.get(key, MISSING)) == matches(filters, run)
