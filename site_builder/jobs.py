"""Where work runs: in this process, or in several."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")

WORTH_IT = 16
"""Fewer items than this are done here: starting processes costs more."""


def results(function: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> Iterator[Result]:
    """Yield ``function(item)`` for each item, in order; `jobs` processes at most, 0 for as many as there are CPUs."""
    workers = min(
        jobs or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else jobs or os.cpu_count() or 1, 64
    )
    if workers <= 1 or len(items) < WORTH_IT:
        yield from map(function, items)
        return
    # A fork starts at once and is safe while there is one thread; with more, or elsewhere, processes begin afresh.
    method = "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"
    chunk = max(1, min(16, len(items) // (4 * workers)))
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context(method)) as pool:
        yield from pool.map(function, items, chunksize=chunk)
