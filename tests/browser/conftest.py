"""Sites that several browser tests look at, each built once."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from site_builder import Options, build, single
from tests.browser.support import CHECKOUT, Site

if TYPE_CHECKING:
    from pathlib import Path


def built(home: Path) -> Site:
    """Build the site of ``home/logs`` in both forms."""
    site = Site(home / "logs", home / "site", home / "one.html")
    options = Options((site.logs,), site.folder, jobs=1)
    build(options)
    single.write(options, site.single, single.MAX_SIZE)
    return site


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Train the demo and build its site."""
    from tracklog.demo import train

    home = tmp_path_factory.mktemp("demo")
    train(home / "logs", quiet=True)
    return built(home)


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Log every kind of value (`examples/everything.py`) and build the site."""
    home = tmp_path_factory.mktemp("everything")
    command = [sys.executable, str(CHECKOUT / "examples" / "everything.py"), str(home / "logs")]
    subprocess.run(command, check=True, cwd=home, capture_output=True)
    return built(home)
