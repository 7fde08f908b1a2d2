"""The run that goes on in this process: what module-level calls and integrations log to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracklog.run import Run

current: Run | None = None
"""Set by `tracklog.session` alone."""
