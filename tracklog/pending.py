"""`run.history` as scripts of 2020 know it: a row that is filled here and there, and kept with the next `log`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class PendingRow:
    """The row that is being filled."""

    def __init__(self, log: Callable[..., None], step: Callable[[], int]) -> None:
        """`log` keeps a row; `step` tells the step of the next one."""
        self._log, self._next = log, step
        self.row: dict[str, Any] = {}
        """Change it as you like; `add` and `log` keep it and begin a new one."""

    @property
    def _step(self) -> int:
        return self._next()

    def update(self, data: Mapping[str, Any]) -> None:
        """Put values into the row."""
        self.row.update(data)

    def add(
        self,
        row: Mapping[str, Any] | None = None,
        step: int | None = None,
        timestamp: float | None = None,
        commit: bool | None = None,
    ) -> None:
        """Keep the row with these values in it, ``timestamp`` as its unix seconds; arguments as those of `log`."""
        self.update(row or {})
        if timestamp is not None:
            self.row["_timestamp"] = timestamp
        self.log(None, step, commit)

    def log(
        self,
        data: Mapping[str, Any] | None = None,
        step: int | None = None,
        commit: bool | None = None,
        sync: bool | None = None,  # noqa: ARG002 - scripts of 2020 pass it
    ) -> None:
        """Keep the row and `data` as one; what stands in for the run's own `log` from now on."""
        row, self.row = self.row, {}
        self._log({**row, **data} if row and data is not None else row or data, step, commit)
