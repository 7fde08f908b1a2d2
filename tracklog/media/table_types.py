"""Types of table columns: one word for what a column holds, inferred from its cells or declared."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

ANY = "any"
"""Of a column that takes everything."""
UNKNOWN = "none"
"""Of a missing cell, and of a column that has had no other yet."""

_NAMED = frozenset((ANY, UNKNOWN, "boolean", "number", "string", "timestamp", "list", "dictionary", "ndarray"))
_CLASSES: dict[type, str] = {
    bool: "boolean",
    int: "number",
    float: "number",
    Decimal: "number",
    str: "string",
    type(None): UNKNOWN,
    dt.datetime: "timestamp",
    dt.date: "timestamp",
    list: "list",
    tuple: "list",
    set: "list",
    frozenset: "list",
}
_QUALIFIED = {
    "numpy.bool": "boolean",
    "numpy.bool_": "boolean",
    "numpy.number": "number",
    "numpy.datetime64": "timestamp",
    "numpy.ndarray": "ndarray",
    "torch.Tensor": "ndarray",
    "pandas.NAType": UNKNOWN,
    "pandas.NaTType": UNKNOWN,
}


def type_of(value: Any) -> str:
    """Return the type of a cell."""
    found = class_type(value.__class__)
    if found == "ndarray" and getattr(value, "ndim", 1) == 0:  # a tensor of one value
        return "boolean" if "bool" in str(value.dtype) else "number"
    if found == "timestamp" and value != value:  # noqa: PLR0124 - NumPy's "not a time"
        return UNKNOWN
    return found


@lru_cache(maxsize=1024)
def class_type(kind: type) -> str:
    """Return the type of cells of a class: a word of this module's, for media and others the name of the class."""
    if issubclass(kind, enum.Enum):
        return "string"
    for base in kind.__mro__:
        found = _QUALIFIED.get(f"{base.__module__.partition('.')[0]}.{base.__qualname__}") or _CLASSES.get(base)
        if found:
            return found
    return "dictionary" if issubclass(kind, Mapping) else kind.__name__


def declared(dtype: Any) -> str:
    """Return the type that a user names: a class (`int`, `Image`), a word of this module's, or None for a cell's own.

    Raises TypeError for anything else.
    """
    if dtype is None:
        return UNKNOWN
    if dtype is Any or dtype is object:
        return ANY
    if isinstance(dtype, str) and dtype in _NAMED:
        return dtype
    if isinstance(dtype, type):
        return class_type(dtype)
    raise TypeError(f"dtype is a class such as int, str or Image, or one of {', '.join(sorted(_NAMED))}, not {dtype!r}")


def is_named(kind: object) -> bool:
    """Tell whether a word is a type of columns that `declared` takes."""
    return isinstance(kind, str) and kind in _NAMED


def merged(known: str, new: str) -> str | None:
    """Return the type of a column of type `known` that takes a cell of type `new`; None when it cannot."""
    if new in {UNKNOWN, known} or known == ANY:
        return known
    return new if known == UNKNOWN else None


def is_null(value: Any) -> bool:
    """Tell whether a cell is missing: None, or what pandas and NumPy have for it. NaN is a number."""
    return type_of(value) == UNKNOWN
