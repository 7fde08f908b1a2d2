"""Comparing more than two runs: a table of what differs, beside a baseline."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import built
from tests.browser.support import CHECKOUT, hash_of, show, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.support import Site

SCRIPT = """
import tracklog as wandb

for number in range(12):
    config = {"lr": 0.1 / 2 ** (number % 4), "data": {"name": "penguins"}, "seed": number // 4}
    if number == 2:
        config["warmup"] = 5
    run = wandb.init(project="many", id=f"r{number:02}", name=f"run {number}", config=config)
    run.log({"val/loss": 0.5 - number / 100, "val/accuracy": 0.75 + (number % 3) / 8, "epoch": 3})
    run.finish()
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Site:
    home = tmp_path_factory.mktemp("many")
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "TRACKLOG_DIR": str(home / "logs")}
    environment |= {"TRACKLOG_DISABLE_STATS": "true"}
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, env=environment, capture_output=True, cwd=home)
    return built(home)


def rows(page: Page) -> list[list[str]]:
    """Return the cells of the table's rows, what differs marked with a star."""
    found: list[list[str]] = page.eval_on_selector_all(
        ".many tbody tr:not(.cmp-sec)",
        "all => all.map(row => [...row.cells].map(one => (one.matches('.differs') ? '*' : '') + one.innerText))",
    )
    return found


def heads(page: Page) -> list[str]:
    return [text.split("\n")[0] for text in page.locator(".many thead th").all_inner_texts()]


@pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])
def test_what_differs_between_four_runs(browser: Browser, many: Site, single: bool) -> None:
    with window(browser) as page:
        show(page, many.url("many/table.html", single=single))
        for number in range(4):
            page.get_by_role("checkbox", name=f"Select run {number}", exact=True).check()
        page.get_by_role("link", name="Compare 4 runs").click()
        page.wait_for_selector(".many tbody[aria-label='Metrics']")
        assert heads(page) == ["run 0", "run 1", "run 2", "run 3"]
        assert page.locator(".many thead th").first.inner_text().endswith("baseline")
        differing = [
            ["lr", "0.1", "*0.05\n−0.05", "*0.025\n−0.075", "*0.0125\n−0.0875"],
            ["warmup", "–", "–", "*5", "–"],
            ["val/accuracy", "0.75", "*0.875\n+0.125", "*1\n+0.25", "0.75"],
            ["val/loss", "0.5", "*0.49\n−0.01", "*0.48\n−0.02", "*0.47\n−0.03"],
        ]
        assert sorted(rows(page)) == sorted(differing)
        assert page.locator(".many small.plus").count() == 5
        page.get_by_role("switch").click()
        assert ["data.name", *["penguins"] * 4] in rows(page)
        page.get_by_role("button", name="run 2 as baseline").click()
        page.get_by_role("button", name="Leave out run 0").click()
        page.get_by_role("button", name="Add a run").click()
        page.get_by_role("dialog").get_by_text("run 7", exact=True).click()
        assert heads(page) == ["run 2", "run 1", "run 3", "run 7"]
        before = rows(page)
        page.reload()
        page.wait_for_selector(".many tbody[aria-label='Metrics']")
        assert (heads(page), rows(page)) == (["run 2", "run 1", "run 3", "run 7"], before)
        page.get_by_role("link", name="Compare both").first.click()
        page.wait_for_selector(".cmp-pick")
        assert [text.split("\n")[1] for text in page.locator(".cmp-side").all_inner_texts()] == ["run 2", "run 1"]


def test_more_than_ten_are_refused_and_absent_ones_counted(browser: Browser, many: Site) -> None:
    with window(browser) as page:
        show(page, many.url("many/table.html"))
        for number in range(11):
            page.get_by_role("checkbox", name=f"Select run {number}", exact=True).check()
        assert page.get_by_role("toolbar").get_by_text("At most 10 can be compared").count() == 1
        page.get_by_role("checkbox", name="Select run 10", exact=True).uncheck()
        page.get_by_role("link", name="Compare 10 runs").click()
        page.wait_for_selector(".many thead th:nth-child(11)")
        assert page.get_by_text("10 runs at most").count() == 1
        page.goto(page.url.split("#")[0] + hash_of(page) + ",nobody")
        page.reload()
        page.get_by_text("1 run of this link is not in this site").wait_for()
