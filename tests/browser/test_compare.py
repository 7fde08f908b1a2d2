"""Comparing two runs: every setting, result and line of code that differs is there, and a link brings it back."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import built
from tests.browser.support import CHECKOUT, settle, window
from tests.site_builder.logs import write_run

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


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Two runs with a long file, one whose line ends changed, one that lost its last newline, one that changed much."""
    home = tmp_path_factory.mktemp("texts")
    lines = [f"line_{n} = {n}" for n in range(200)]
    many = [f"a_{n} = {n}" for n in range(3000)]
    for run in "ab":
        code = write_run(home / "logs", run, [{"loss": 1.0}]) / "files/code"
        code.mkdir(parents=True)
        mine = [*lines[:99], f"changed = {run!r}", *lines[100:]]
        (code / "long.py").write_text("\n".join(mine) + "\n")
        (code / "ends.py").write_bytes(b"x = 1\ny = 2\n" if run == "a" else b"x = 1\r\ny = 2\r\n")
        (code / "last.py").write_text("x = 1\n" if run == "a" else "x = 1")
        (code / "many.py").write_text("\n".join(many if run == "a" else [line.replace("a_", "b_") for line in many]))
    return built(home)


def test_links_lead_into_folds_and_into_files_that_are_folded(browser: Browser, texts: Site) -> None:
    with window(browser) as page:
        page.goto(texts.url("p/compare.html", "a=a&b=b&file=long.py&L=B21"))
        page.wait_for_selector("[aria-label='long.py'] .at >> text=line_20 = 20")
        page.goto("about:blank")
        page.goto(texts.url("p/compare.html", "a=a&b=b&file=many.py&L=B2900"))
        page.wait_for_selector("[aria-label='many.py'] .at >> text=b_2899 = 2899")


def test_a_fold_opens_from_either_of_its_changes(browser: Browser, texts: Site) -> None:
    with window(browser) as page:
        page.goto(texts.url("p/compare.html", "a=a&b=b&view=unified"))
        file = page.locator("[aria-label='long.py']")
        file.locator(".between >> nth=1").locator("[aria-label='Show 20 lines below']").click()
        file.get_by_text("line_120 = 120").wait_for()
        assert file.get_by_text("line_199 = 199").count() == 0
        file.locator(".between >> nth=0").locator("[aria-label='Show 20 lines above']").click()
        file.get_by_text("line_80 = 80").wait_for()
        assert file.get_by_text("line_0 = 0").count() == 0


def test_a_selection_in_split_view_is_of_one_side(browser: Browser, texts: Site) -> None:
    with window(browser) as page:
        page.goto(texts.url("p/compare.html", "a=a&b=b&view=split&file=long.py"))
        file = page.locator("[aria-label='long.py']")
        file.locator(".tx.del").wait_for()
        first = file.get_by_text("line_97 = 97").first.bounding_box()
        last = file.locator(".tx.del").bounding_box()
        assert first is not None
        assert last is not None
        page.mouse.move(first["x"] + 24, first["y"] + 8)
        page.mouse.down()
        page.mouse.move(last["x"] + 180, last["y"] + 10, steps=4)
        page.mouse.up()
        copied = page.evaluate("getSelection().toString()")
        assert "changed = 'a'" in copied
        assert copied.count("line_98 = 98") == 1


def test_what_no_line_tells_is_said_and_what_was_viewed_stays_so(browser: Browser, texts: Site) -> None:
    with window(browser) as page:
        page.goto(texts.url("p/compare.html", "a=a&b=b"))
        page.locator("[aria-label='ends.py']").get_by_text(
            "Only the ends of lines differ: LF in A, CRLF in B"
        ).wait_for()
        page.locator("[aria-label='last.py']").get_by_text("no newline there in B").wait_for()
        page.locator("[aria-label='ends.py'] input[type=checkbox]").check()
        page.reload()
        page.wait_for_selector(".cmp-tree .seen[title='ends.py']")
        page.keyboard.press("n")
        page.wait_for_selector(".now")
