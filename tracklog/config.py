"""`run.config`: the settings of an experiment."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tracklog import values
from tracklog.config_file import load
from tracklog.containers import as_mapping
from tracklog.errors import ConfigError, NotBegunError, warn
from tracklog.store import typed

_Written = Callable[[dict[str, Any], typed.Types], None]


class Config:
    """A mapping with attribute access; keys that begin with ``_`` are not listed.

    Values come back as they were given, after a resume, too: numbers, texts, lists, tuples, sets, enums and dicts of
    these; arrays become lists, dataclasses and their like dicts, anything else text.
    """

    def __init__(self, written: _Written | None = None, *, allow_val_change: bool = False) -> None:
        """`written` is told of every change, as JSON of the top-level keys that changed and notes of their types."""
        object.__setattr__(self, "_items", {})
        object.__setattr__(self, "_locked", {})
        object.__setattr__(self, "_nested", {})
        object.__setattr__(self, "_written", written)
        object.__setattr__(self, "_allow", allow_val_change)

    def update(self, data: object, allow_val_change: bool | None = None) -> None:
        """Set several keys: a mapping, an argparse namespace, absl flags, a dataclass, any object with attributes.

        A text or path is that of a YAML file. Raises ConfigError when a key would change its value without leave, or a
        file cannot be read, TypeError for values that are media.
        """
        given = load(os.fspath(data)) if isinstance(data, str | os.PathLike) else as_mapping(data)
        self._set(given, allow_val_change)

    def setdefaults(self, data: object) -> None:
        """Set the keys that are not set yet."""
        self._set({k: v for k, v in as_mapping(data).items() if _name(k) not in self._items}, None)

    def update_locked(self, data: object, user: str | None = None, _allow_val_change: bool | None = None) -> None:
        """Set keys for good, as a sweep does: what sets them later is ignored, which is said. `user` names who does."""
        given = as_mapping(data)
        self._set(given, True)
        self._locked.update(dict.fromkeys(map(_name, given), user or "a sweep"))

    def persist(self) -> None:
        """Keep what was changed inside of nested values, as `finish` does; every other change is on disk already.

        Raises TypeError for values that are media.
        """
        now = {key: values.config(self._items[key]) for key in self._nested}
        self._tell({key: value for key, value in now.items() if encoded({key: value})[0][key] != self._nested[key]})

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value, or `default`."""
        return self._items.get(key, default)

    def keys(self) -> list[str]:
        """Return the keys that are shown."""
        return [key for key in self._items if not key.startswith("_")]

    def values(self) -> list[Any]:
        """Return the values of `keys`."""
        return [self._items[key] for key in self.keys()]

    def items(self) -> list[tuple[str, Any]]:
        """Return pairs of `keys` and their values."""
        return [(key, self._items[key]) for key in self.keys()]

    def as_dict(self) -> dict[str, Any]:
        """Return all values, nested as written."""
        return dict(self._items)

    def _restore(self, items: Mapping[str, Any]) -> None:
        self._items.update(items)
        self._remember(encoded(items)[0])

    def _tell(self, fresh: Mapping[str, Any]) -> None:
        if fresh and self._written is not None:
            kept, types = encoded(fresh)
            self._written(kept, types)
            self._remember(kept)

    def _remember(self, kept: Mapping[str, Any]) -> None:
        """Remember, as JSON, what can be changed from inside."""
        for key, value in kept.items():
            if isinstance(value, dict | list):
                self._nested[key] = value
            else:
                self._nested.pop(key, None)

    def _set(self, data: Mapping[Any, Any], allow: bool | None) -> None:
        fresh = {}
        for raw, value in data.items():
            key, kept = _name(raw), values.config(value)
            if key in self._locked:
                if not _same(self._items[key], kept):
                    warn(
                        f"locked-{key}",
                        f"config[{key!r}] is set by {self._locked[key]} to {self._items[key]!r}, and stays so",
                    )
                continue
            known = key in self._items
            if known and not (self._allow if allow is None else allow) and not _same(self._items[key], kept):
                msg = (
                    f'Attempted to change value of key "{key}" from {self._items[key]} to {kept}\n'
                    "If you really want to do this, pass allow_val_change=True to config.update()"
                )
                raise ConfigError(msg)
            if (
                not known
                or not _same(self._items[key], kept)
                or isinstance(self._items[key], bool) != isinstance(kept, bool)
            ):
                fresh[key] = kept
        self._tell(fresh)  # a run that has finished refuses, and nothing is changed
        self._items.update(fresh)

    def __getattr__(self, key: str) -> Any:
        """Return a value; AttributeError when there is none."""
        try:
            return self.__dict__["_items"][key]
        except KeyError:
            msg = f"{self.__class__!r} object has no attribute {key!r}"
            raise AttributeError(msg) from None

    def __setattr__(self, key: str, value: Any) -> None:
        """Set one key."""
        self._set({key: value}, None)

    def __getitem__(self, key: str) -> Any:
        """Return a value; KeyError when there is none."""
        return self._items[key]

    def __setitem__(self, key: str, value: Any) -> None:
        """Set one key."""
        self._set({key: value}, None)

    def __contains__(self, key: object) -> bool:
        """Tell whether a key is set."""
        return key in self._items

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys that are shown."""
        return iter(self.keys())

    def __len__(self) -> int:
        """Count the keys that are shown."""
        return len(self.keys())

    def __repr__(self) -> str:
        """Show the settings as a dict."""
        return repr(dict(self.items()))

    def __getstate__(self) -> dict[str, Any]:
        """Pickle the values alone."""
        return dict(self._items)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore the values, bound to no run."""
        self.__init__()  # type: ignore[misc]
        self._items.update(state)


class EarlyConfig(Config):
    """What a script sets before `init`; what it did not set it cannot read yet."""

    def __getattr__(self, key: str) -> Any:
        """Return a value; NotBegunError when there is none."""
        if key.startswith("__") or key in self.__dict__["_items"]:
            return super().__getattr__(key)
        raise NotBegunError(f"You must call wandb.init() before wandb.config.{key}")

    def __getitem__(self, key: str) -> Any:
        """Return a value; NotBegunError when there is none."""
        if key in self._items:
            return super().__getitem__(key)
        raise NotBegunError(f"You must call wandb.init() before wandb.config[{key!r}]")


def encoded(items: Mapping[str, Any]) -> tuple[dict[str, Any], typed.Types]:
    """Return values of a config as JSON, and notes of their types."""
    types: typed.Types = {}
    return {key: typed.encode(value, (key,), types) for key, value in items.items()}, types


def _name(key: object) -> str:
    return str(key).strip("-")


def _same(a: Any, b: Any) -> bool:
    """Tell whether two values are equal, NaN to itself, a tuple to a list of the same."""
    try:
        return bool(a == b) or encoded({"": a})[0] == encoded({"": b})[0]
    except Exception:  # a comparison of somebody else's
        return False
