"""Folders of runs and projects that people renamed show their data, from file://."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import built
from tests.browser.support import show, window
from tests.site_builder.logs import write_run
from tests.site_builder.test_sources import NAMES

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

LOSS = [{"loss": 1 / (n + 1)} for n in range(5)]


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("renamed")
    for n, name in enumerate(NAMES):
        write_run(home / "logs", "r", LOSS, console=f"printed by {n}\n", project=f"p{n}").rename(
            home / "logs" / f"p{n}" / name
        )
        (home / "logs" / f"p{n}").rename(home / "logs" / name)
    return home


@pytest.mark.parametrize("single", [False, True])
def test_renamed_folders_show_their_data(renamed: Path, browser: Browser, *, single: bool) -> None:
    site = built(renamed)
    with window(browser) as page:
        show(page, site.url("index.html", single=single))
        projects = page.locator("main a[href*='index.html']").evaluate_all("links => links.map((a) => a.href)")
        assert len(set(projects)) == len(NAMES)
        said = set()
        for project in dict.fromkeys(projects):
            show(page, project)
            page.locator("canvas").first.wait_for()
            show(page, page.locator("a[href*='/runs/'], a[href*='runs/']").first.evaluate("(a) => a.href"))
            show(page, page.url.partition("#tab")[0] + ("?tab=logs" if single else "#tab=logs"))
            said.add(page.locator(".log .tx").first.inner_text())
        assert said == {f"printed by {n}" for n in range(len(NAMES))}
