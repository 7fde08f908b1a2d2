"""`run.summary`: the last value of every metric, and what the script sets itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

from tracklog.store import layout

_Written = Callable[[tuple[str, ...], Any, bool], None]


class Summary(MutableMapping[str, Any]):
    """A nested mapping with attribute access; a nested dict is a `Summary` of its own, so that writes are kept."""

    def __init__(
        self,
        items: dict[str, Any],
        written: _Written,
        path: tuple[str, ...] = (),
        clocks: Callable[[], Mapping[str, Any]] = dict,
        settle: Callable[[], object] = dict,
    ) -> None:
        """`items` are JSON values shared with the run; `written` is told (path, value, deleted) and stores it.

        `clocks` gives `_step`, `_runtime` and `_timestamp` of the last row: these can be asked for, and are not listed.
        `settle` brings `items` up to date.
        """
        object.__setattr__(self, "_clocks", clocks)
        object.__setattr__(self, "_settle", settle)
        object.__setattr__(self, "_items", items)
        object.__setattr__(self, "_written", written)
        object.__setattr__(self, "_path", path)

    def _now(self) -> dict[str, Any]:
        self._settle()
        return self._items  # type: ignore[no-any-return]  # set by hand, since attributes are values

    def update(self, data: Any = (), /, **more: Any) -> None:
        """Set several keys; nested dicts are merged."""
        for key, value in {**dict(data), **more}.items():
            if isinstance(value, Mapping) and isinstance(self._now().get(key), dict):
                self[key].update(value)
            else:
                self[key] = value

    def __getitem__(self, key: str) -> Any:
        """Return a value; KeyError when there is none."""
        if key in layout.CLOCKS and key not in self._now():
            return self._clocks()[key]
        return self._shown(key, self._now()[key])

    def __setitem__(self, key: str, value: Any) -> None:
        """Set a value; it stays until the metric is logged again."""
        self._written((*self._path, key.strip()), value, False)

    def __delitem__(self, key: str) -> None:
        """Remove a value; KeyError when there is none."""
        self._now()[key]
        self._written((*self._path, key), None, True)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys."""
        return iter(list(self._now()))

    def __len__(self) -> int:
        """Count the keys."""
        return len(self._now())

    def __getattr__(self, key: str) -> Any:
        """Return a value; AttributeError when there is none."""
        if key.startswith("__") or key not in self._now():
            msg = f"{self.__class__.__name__!r} object has no attribute {key!r}"
            raise AttributeError(msg)
        return self[key]

    def __setattr__(self, key: str, value: Any) -> None:
        """Set a value."""
        self[key] = value

    def __repr__(self) -> str:
        """Show the values as a dict."""
        return repr({key: self[key] for key in self})

    def _shown(self, key: str, value: Any) -> Any:
        if isinstance(value, str):
            return layout.NON_FINITE.get(value, value)
        if isinstance(value, dict):
            if value.get("_type") == "string":
                return value.get("value")
            if not layout.is_record(value):
                return Summary(value, self._written, (*self._path, key))
        return value
