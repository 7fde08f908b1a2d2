"""The run that goes on in this process: what module-level calls and integrations log to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracklog.run import Run

current: Run | None = None
"""Set by `tracklog.session` alone."""

newest: Run | None = None
"""The run that began last, whether it goes on or not: whose card a notebook shows. Set by `tracklog.session` alone."""

replaced: dict[str, Any] = {}
"""What scripts put in the place of `tracklog.log` and its like; forgotten when a run begins or ends."""
