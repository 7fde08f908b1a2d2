"""Config and summary of a recorded run as Python values that a script changes, and the events that keep the changes."""

from __future__ import annotations

import copy
import datetime as dt
import enum
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tracklog import values
from tracklog.config import encoded
from tracklog.media import losses, tensor
from tracklog.media.array import as_array, as_list
from tracklog.store import encoding, layout
from tracklog.store.metrics import STATISTICS

if TYPE_CHECKING:
    from pathlib import Path

    from tracklog.media.base import MediaDoor

Change = tuple[str, dict[str, Any]]
"""An event and its fields."""


class Summary(MutableMapping[str, Any]):
    """The summary of a recorded run: changed like a dict, kept by `update`.

    A nested dict is a `Summary` of its own. A tensor is the array that was set.
    """

    def __init__(
        self, tree: dict[str, Any], folder: Path, save: Callable[[], None], clocks: Mapping[str, float] | None = None
    ) -> None:
        """`tree` is shared with the run; `folder` is the run's; `save` keeps what has changed; `clocks` are not listed."""
        object.__setattr__(self, "_tree", tree)
        object.__setattr__(self, "_folder", folder)
        object.__setattr__(self, "_save", save)
        object.__setattr__(self, "_clocks", clocks or {})

    def update(self, data: Any = (), /, **more: Any) -> None:
        """Set several keys, nested dicts merging, and keep all changes. Raises OSError when they cannot be written."""
        _merge(self._tree, {**dict(data or ()), **more})
        self._save()

    @property
    def _json_dict(self) -> dict[str, Any]:
        """The values as they were logged; media and tensors as their records."""
        return copy.deepcopy(dict(self._tree))

    def __getitem__(self, key: str) -> Any:
        """Return a value; KeyError when there is none."""
        if key in self._clocks and key not in self._tree:
            return self._clocks[key]
        found = self._tree[key]
        if layout.is_nesting(found):
            return Summary(found, self._folder, self._save)
        if layout.is_record(found):
            array = tensor.load(found, self._folder)
            return found if array is None else array
        return found

    def __setitem__(self, key: str, value: Any) -> None:
        """Set a value; `update` keeps it."""
        self._tree[key.strip()] = _own(value)

    def __delitem__(self, key: str) -> None:
        """Remove a value; `update` keeps that. KeyError when there is none."""
        del self._tree[key]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._tree))

    def __len__(self) -> int:
        return len(self._tree)

    def __getattr__(self, key: str) -> Any:
        """Return a value; AttributeError when there is none."""
        if key.startswith("__") or key not in self._tree:
            msg = f"{type(self).__name__!r} object has no attribute {key!r}"
            raise AttributeError(msg)
        return self[key]

    def __setattr__(self, key: str, value: Any) -> None:
        """Set a value; `update` keeps it."""
        self[key] = value

    def __repr__(self) -> str:
        return repr(self._json_dict)


def _own(value: Any) -> Any:
    """Return nested dicts as dicts of our own, so that later changes are seen."""
    return {str(key): _own(item) for key, item in value.items()} if isinstance(value, Mapping) else value


def _merge(tree: dict[str, Any], data: Mapping[str, Any]) -> None:
    for key, value in data.items():
        before = tree.get(key.strip())
        if isinstance(value, Mapping) and layout.is_nesting(before):
            _merge(before, value)  # type: ignore[arg-type]
        else:
            tree[key.strip()] = _own(value)


def summary_changes(
    before: dict[str, Any], now: dict[str, Any], door: MediaDoor, path: tuple[str, ...] = ()
) -> list[Change]:
    """Return the events that make the summary `before` into `now`, whose new values become what was kept of them.

    Media and arrays of more than 32 values become files through `door`. Raises what encoding a value raises.
    """
    changes: list[Change] = [("summary", {"path": [*path, key], "delete": True}) for key in before if key not in now]
    for key, value in now.items():
        old = before.get(key)
        if key in before and layout.is_nesting(old) and layout.is_nesting(value) and not _is_of_metric(old):
            changes += summary_changes(old, value, door, (*path, key))  # type: ignore[arg-type]
        elif key not in before or not same(old, value):
            with losses.under(key):
                kept = values.encode(tensor.whole(value), door)
            now[key] = encoding.as_logged(kept)
            changes.append(("summary", {"path": [*path, key], "value": kept}))
    return changes


def _is_of_metric(value: Any) -> bool:
    """Tell whether a dict may be what `define_metric` keeps of a metric, which is set as a whole."""
    return set(value) <= STATISTICS


def config_changes(before: dict[str, Any], now: dict[str, Any]) -> list[Change]:
    """Return the events that make the config `before` into `now`. Raises TypeError for a value that cannot be stored."""
    fresh = {str(key): value for key, value in now.items() if key not in before or not same(before[key], value)}
    for key, value in fresh.items():
        _check(value, key)
    gone = [key for key in before if key not in now]
    changes: list[Change] = []
    if fresh:
        kept, types = encoded({key: values.config(value) for key, value in fresh.items()})
        changes.append(("config", {"set": kept, **({"types": types} if types else {})}))
    if gone:
        changes.append(("config", {"delete": gone}))
    return changes


def _check(value: Any, key: str) -> None:
    if isinstance(value, Mapping):
        for name, item in value.items():
            _check(item, f"{key}.{name}")
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            _check(item, key)
    elif not _is_setting(value):
        msg = f"config[{key!r}] cannot keep a value of type {type(value).__name__}; set numbers, texts, lists or dicts"
        raise TypeError(msg)


def _is_setting(value: Any) -> bool:
    known = (type(None), bool, int, float, str, enum.Enum, Decimal, dt.date, dt.time)
    return isinstance(value, known) or as_array(value) is not None or as_list(value) is not None


def same(one: Any, other: Any) -> bool:
    """Return whether two values are equal and of the same types throughout; NaN is NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) or (isinstance(one, float) and one != one and other != other)  # noqa: PLR0124 - NaN
