"""Real training on real data, logged as a user's script would: what ``tracklog demo`` shows.

The two data sets come with the package `vega_datasets` (extra ``demo``); nothing is downloaded, nothing is made up.
Only the public interface of tracklog is used.
"""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

from tracklog.demo import iris, weather
from tracklog.demo.loop import DivergedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["train"]


def train(root: Path, *, quiet: bool = False, report: Callable[[int, int, str], None] | None = None) -> None:
    """Train all models and record them under ``root``.

    ``quiet`` keeps what the training prints off the terminal; the runs record it all the same. ``report`` is called
    with (number, count, name) as each run begins.
    """
    runs = [*iris.runs(), *weather.runs()]
    for number, run in enumerate(runs, start=1):
        if report is not None:
            report(number, len(runs), run.name)
        # One of them is meant to diverge, and its run to be recorded as failed; the others go on.
        with _silence() if quiet else contextlib.nullcontext(), contextlib.suppress(DivergedError):
            run.start(root)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield
