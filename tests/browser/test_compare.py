"""Comparing two runs: every setting, result and line of code that differs is there, and a link brings it back."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import built
from tests.browser.support import CHECKOUT, settle, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.support import Site

STUDY = CHECKOUT / "examples" / "two_ideas.py"


@pytest.fixture(scope="module")
def ideas(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Run the study of the examples: two ideas, between which its modules change."""
    home = tmp_path_factory.mktemp("ideas")
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "TRACKLOG_DIR": str(home / "logs")}
    subprocess.run([sys.executable, str(STUDY), str(home / "study")], check=True, env=environment, capture_output=True)
    return built(home)


@pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])
def test_all_that_differs_between_two_ideas(browser: Browser, ideas: Site, single: bool) -> None:
    with window(browser) as page:
        page.goto(ideas.url("ideas/compare.html", single=single))
        for file in ("features.py", "model.py"):
            page.click(f".cmp-tree [title='{file}']")
            page.wait_for_selector(f"[aria-label='{file}'] .tx.add")
        settle(page)
        rows = page.locator("#config tbody tr").all_inner_texts()
        assert [row.split("\t") for row in rows] == [["model.kind", "logistic", "forest"], ["scaled", "true", "false"]]
        files = page.locator(".cmp-tree .cmp-go .cut").all_inner_texts()
        assert files == ["features.py", "model.py"]
        gone, come = page.locator(".tx.del").all_inner_texts(), page.locator(".tx.add").all_inner_texts()
        assert "from sklearn.linear_model import LogisticRegression" in gone
        assert "from sklearn.ensemble import RandomForestClassifier" in come
        assert "    return train, test" in come
        assert page.locator(".tx.add .c1").first.inner_text() in ("from", "import", "return")
        assert "forest: " in page.inner_text("#console")
        assert page.locator(".cmp-charts canvas").count() == 3


def test_a_link_to_a_line_shows_it(browser: Browser, ideas: Site) -> None:
    with window(browser) as page:
        page.goto(ideas.url("ideas/compare.html"))
        page.click(".cmp-tree [title='model.py']")
        page.click("[aria-label='model.py'] td.add button")
        page.keyboard.press("u")
        page.wait_for_selector(".diff:not(.two)")
        assert "file=model.py" in page.url
        page.reload()
        page.wait_for_selector(".diff:not(.two) .at")
        page.click("[aria-label='Swap A and B']")
        page.wait_for_selector("#config td.add:has-text('logistic')")
