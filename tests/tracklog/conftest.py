"""What tests of commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tracklog import cli

if TYPE_CHECKING:
    from collections.abc import Callable


class Said(NamedTuple):
    """What became of a command."""

    code: int
    out: str
    err: str


@pytest.fixture
def tracklog(capfd: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run a command in this process."""

    def run(*arguments: str) -> Said:
        with pytest.raises(SystemExit) as ended:
            cli.main(list(arguments), prog_name="tracklog")
        out, err = capfd.readouterr()
        return Said(int(ended.value.code or 0), out, err)

    return run
