"""Where work runs: in this process, in several, or on a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from tracklog.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")

PATIENCE = 20
"""Seconds after which a scheduler that does not answer is none."""
WORTH_IT = 16
"""Fewer items than this are done here: starting processes costs more."""


def on_cluster(
    function: Callable[[Item], Result], items: Sequence[Item], scheduler: str, same: Callable[[], str]
) -> Iterator[Result]:
    """Yield ``function(item)`` for each item, in order, computed by the workers of a running Dask cluster.

    `scheduler` is its address, as ``tcp://host:8786``; `same` must give the same text on each of them as here. What a worker
    had in hand that dies is done by another. Raises UsageError where there is no cluster, or it has another tracklog.
    """
    try:
        from distributed import Client
    except ImportError as error:
        msg = "--scheduler needs distributed: pip install 'tracklog[dask]'"
        raise UsageError(msg) from error
    try:
        client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        msg = f"{scheduler} is no Dask scheduler that answers: {error}"
        raise UsageError(msg) from error
    with client:
        others = {found for found in client.run(same).values() if found != same()}
        if others:
            msg = f"workers of {scheduler} have another tracklog ({', '.join(sorted(others))}); install the same on all"
            raise UsageError(msg)
        yield from client.get_executor(pure=False).map(function, items)


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
