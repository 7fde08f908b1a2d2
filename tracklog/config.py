"""`run.config`: the settings of an experiment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tracklog import values
from tracklog.errors import ConfigError

_Written = Callable[[dict[str, Any]], None]


class Config:
    """A mapping with attribute access; keys that begin with ``_`` are not listed."""

    def __init__(self, written: _Written | None = None, *, allow_val_change: bool = False) -> None:
        """`written` is told of every change, as a dict of the top-level keys that changed."""
        object.__setattr__(self, "_items", {})
        object.__setattr__(self, "_written", written)
        object.__setattr__(self, "_allow", allow_val_change)

    def update(self, data: object, allow_val_change: bool | None = None) -> None:
        """Set several keys: a mapping, an argparse namespace, absl flags, or any object with attributes.

        Raises ConfigError when a key would change its value without leave, TypeError for values that are media.
        """
        self._set(_as_mapping(data), allow_val_change)

    def setdefaults(self, data: object) -> None:
        """Set the keys that are not set yet."""
        self._set({k: v for k, v in _as_mapping(data).items() if str(k).strip("-") not in self._items}, None)

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
        """Return a copy as a plain dict."""
        return dict(self._items)

    def persist(self) -> None:
        """Do nothing: every change is on disk already."""

    def _restore(self, data: Mapping[str, Any]) -> None:
        self._items.update(data)

    def _set(self, data: Mapping[Any, Any], allow: bool | None) -> None:
        fresh = {}
        for raw, value in data.items():
            key, plain = str(raw).strip("-"), values.plain_config(value)
            if key in self._items and self._items[key] != plain and not (self._allow if allow is None else allow):
                msg = (
                    f'Attempted to change value of key "{key}" from {self._items[key]} to {plain}\n'
                    "If you really want to do this, pass allow_val_change=True to config.update()"
                )
                raise ConfigError(msg)
            if key not in self._items or self._items[key] != plain:
                fresh[key] = plain
        self._items.update(fresh)
        if fresh and self._written is not None:
            self._written(fresh)

    def __getattr__(self, key: str) -> Any:
        """Return a value; AttributeError when there is none."""
        try:
            return self._items[key]
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


def _as_mapping(data: object) -> Mapping[Any, Any]:
    if data is None:
        return {}
    if isinstance(data, Mapping):
        return data
    if isinstance(data, Config):
        return data.as_dict()
    if hasattr(data, "flag_values_dict"):
        return dict(data.flag_values_dict())
    if hasattr(data, "keys") and hasattr(data, "__getitem__"):
        return {key: data[key] for key in data.keys()}  # noqa: SIM118 - not every such object is iterable
    if hasattr(data, "__dict__"):
        return dict(vars(data))
    msg = f"config takes a mapping or an object with attributes, not {data.__class__.__name__}: {data!r:.80}"
    raise TypeError(msg)
