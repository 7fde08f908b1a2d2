"""Fixtures that tests of every package share."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler.loadscope import LoadScopeScheduling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page
    from xdist.remote import Producer

CHECKOUT = Path(__file__).resolve().parent.parent
BROWSER = "tests/browser/"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")

# Machines of continuous integration stall now and then: what counts is the property, never the time.
settings.register_profile("tracklog", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tracklog")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let trials be more than the suite's."""
    parser.addoption(
        "--kills", type=int, default=200, help="how often a recording process is killed at a random moment"
    )
    parser.addoption("--build-kills", type=int, default=50, help="how often a build is killed at a random moment")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser."""
    for item in items:
        if item.nodeid.startswith(BROWSER):
            item.add_marker(pytest.mark.browser)


class _OneBrowser(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Keeps what drives a browser in one process, beside which the others run the rest: two browsers slow each other."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Spread the tests; marks for groups would do, if xdist 3.8 heeded them with pytest 9.2."""
    return _OneBrowser(config, log)


@pytest.fixture(autouse=True)
def _own_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start every test in an empty folder, without settings of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith(("TRACKLOG_", "WANDB_", "SLURM_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Return the root of the repository."""
    return CHECKOUT


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once: that of PATH, else the one that Playwright installed."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--enable-unsafe-swiftshader", "--disable-dev-shm-usage"]
        )
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open an offline page that fails its test on a console error, an exception or a request that leaves."""
    context = browser.new_context(offline=True, viewport={"width": 1440, "height": 900})
    complaints: list[str] = []
    opened = context.new_page()
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: complaints.append(request.url) if _leaves(request.url) else None)
    yield opened
    context.close()
    assert complaints == []


def _leaves(url: str) -> bool:
    return not url.startswith(("file:", "data:", "blob:", "about:"))
