"""How a command ends: its exit code, and the one sentence that says why."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracklog.errors import Error, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

DONE, FAILED, USAGE, DAMAGED = 0, 1, 2, 3


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


def default_root() -> Path:
    """Return the log folder where a command names none."""
    return Path(os.environ.get("TRACKLOG_DIR") or os.environ.get("WANDB_DIR") or "tracklogs")


def plural(count: int, what: str) -> str:
    """Return a count with what is counted."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
