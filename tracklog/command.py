"""What commands share: exit codes, errors as one sentence, progress, where logs are."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracklog.errors import Error, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DONE, FAILED, USAGE, DAMAGED = 0, 1, 2, 3

filter_option = click.option(
    "--filter", "text", default="", help='Only runs that match, e.g. "state=finished and lr<0.1 or tags has best".'
)
root_option = click.option("--root", type=click.Path(path_type=Path), help="Log folder.")


def default_root() -> Path:
    """Return the log folder where none is named."""
    return Path(os.environ.get("TRACKLOG_DIR") or os.environ.get("WANDB_DIR") or "tracklogs")


def plural(count: int, what: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


@contextlib.contextmanager
def errors() -> Iterator[None]:
    """Turn errors into one sentence and an exit code."""
    try:
        yield
    except UsageError as error:
        click.echo(f"tracklog: {error}", err=True)
        sys.exit(USAGE)
    except BrokenPipeError:  # `| head` has seen enough; click ends quietly
        raise
    except (Error, OSError) as error:
        click.echo(f"tracklog: {error}", err=True)
        sys.exit(FAILED)


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Give a progress bar on a terminal, one line a phase elsewhere."""
    if not sys.stderr.isatty():
        said: set[str] = set()

        def line(phase: str, _: int, total: int) -> None:
            if phase not in said:
                said.add(phase)
                click.echo(f"{phase}: {total}", err=True)

        yield line
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def bar(phase: str, done: int, total: int) -> None:
            if phase not in tasks:
                tasks[phase] = bars.add_task(phase, total=total)
            bars.update(tasks[phase], completed=done, total=total)

        yield bar
