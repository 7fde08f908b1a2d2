"""Artifacts as people look at them: versions, previews, lineage, what differs between two versions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

import tracklog
from tests.browser.conftest import built
from tests.browser.support import settle, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.support import Site

PAGE = "flowers/artifacts/irises.html"
EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def flowers(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Log three versions of a data set, a model that was trained with the second one, and what was made of that."""
    home = tmp_path_factory.mktemp("flowers")
    noise = np.random.default_rng(0)

    def run(name: str) -> tracklog.Run:
        quiet = {"disable_git": True, "disable_stats": True}
        return tracklog.init(dir=home / "logs", project="flowers", id=name, name=name, settings=quiet)

    for n in range(3):
        with run(f"prepare-{n}") as one:
            data = tracklog.Artifact("irises", "dataset", description=f"round {n} {EVIL}", metadata={"rows": 150 - n})
            with data.new_file("clean.py") as file:
                file.write(f"import csv\n\nKEPT = {n}\n")
            with data.new_file("README.md") as file:
                file.write("# Irises\n")
            if n:
                data.add_reference("s3://flowers/raw.tar", name="raw.tar", checksum=False)
            picture = tracklog.Image(noise.integers(0, 255, (60, 90, 3), dtype=np.uint8), caption="a flower")
            data.add(tracklog.Table(columns=["flower", "picture"], data=[["setosa", picture]]), "sample")
            one.log_artifact(data, aliases=["checked"] if n == 1 else None)
    with run("train") as one:
        one.use_artifact("irises:checked")
        model = tracklog.Artifact("classifier", "model")
        with model.new_file("weights.txt") as file:
            file.write("0.5\n")
        one.log_artifact(model)
    with run("evaluate") as one:
        one.use_artifact("classifier:latest")
        one.use_artifact("irises:v1")
    return built(home)


@pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])
def test_a_version_shows_its_files_and_where_it_came_from_and_went(
    browser: Browser, flowers: Site, single: bool
) -> None:
    with window(browser) as page:
        page.goto(flowers.url("flowers/artifacts.html", single=single))
        page.click("text=irises")
        page.wait_for_selector(".art-versions [aria-current] >> text=v2")
        settle(page)
        assert f"round 2 {EVIL}" in page.inner_text(".art-main")
        page.click(".art-versions >> text=checked")
        page.wait_for_selector(".art-node.here >> text=irises:v1")
        assert page.locator(".art-node").all_inner_texts() == [
            *("prepare-1", "irises:v1", "train", "evaluate", "classifier:v0"),
        ]
        page.wait_for_selector(".art-value >> text=setosa")
        page.click(".art-list >> text=clean.py")
        page.wait_for_selector(".art-content .c1 >> text=import")
        page.click(".art-list >> text=raw.tar")
        page.wait_for_selector(".art-ref >> text=s3://flowers/raw.tar")
        assert page.locator(".art-ref a").count() == 0
        page.click(".art-node >> text=classifier:v0")
        page.wait_for_selector("h1 >> text=classifier")
        page.wait_for_selector(".art-node >> text=evaluate")
        page.click(".art-facts .art-run >> text=evaluate")
        page.wait_for_selector("h1 >> text=evaluate")
        lines = [line.split("\n") for line in page.locator(".arts li").all_inner_texts()]
        assert [(words[0], words[1], words[-1]) for words in lines] == [
            ("irises", "v1", "used"),
            ("classifier", "v0", "used"),
        ]
        page.click("section[aria-label=Artifacts] a >> text=irises")
        page.wait_for_selector(".art-node.here >> text=irises:v1")


def test_two_versions_file_by_file(browser: Browser, flowers: Site) -> None:
    with window(browser) as page:
        page.goto(flowers.url(PAGE))
        page.select_option(".art-with select", "v0")
        page.wait_for_selector("[aria-label='clean.py'] .tx.add")
        settle(page)
        assert page.locator("[aria-label='clean.py'] .tx.del").all_inner_texts() == ["KEPT = 0"]
        rows = [row.split("\t") for row in page.locator("#files tbody tr").all_inner_texts()]
        assert [(sign, path, word) for sign, path, _, word in rows] == [
            ("±", "clean.py", "changed"),
            ("+", "raw.tar", "new"),
            ("±", "sample.table.json", "changed"),
        ]
        page.click("#files >> text=and 2 media files")
        page.wait_for_selector("#files th >> text=media/")
        table = page.locator("section[aria-label='sample.table.json']")
        table.scroll_into_view_if_needed()
        table.locator(".art-value >> text=setosa").nth(1).wait_for()
        assert "rows" in page.inner_text("#about")
        page.reload()
        page.wait_for_selector("[aria-label='clean.py'] .tx.add")
        assert re.search(r"with=v0", page.url)


def test_a_comparison_stays_when_another_version_is_chosen(browser: Browser, flowers: Site) -> None:
    with window(browser) as page:
        page.goto(flowers.url(PAGE, "version=v2&with=v1"))
        page.wait_for_selector("text=From v1 (A) to v2 (B)")
        page.click(".art-versions button >> text=v0")
        page.wait_for_selector("text=From v0 (A) to v1 (B)")
        page.wait_for_selector("[aria-label='clean.py'] .tx.del >> text=KEPT = 0")
        assert page.locator(".art-versions [aria-current]").inner_text().startswith("v0")
        page.click(".art-versions button >> text=v1")
        page.wait_for_selector(".art-versions [aria-current] >> text=v1")
        page.wait_for_selector("text=From v0 (A) to v1 (B)")
        assert "prepare-1" in page.locator(".art-versions [aria-current]").inner_text()


@pytest.mark.parametrize("width", [320, 1001, 1440])
def test_a_version_fits_the_window(browser: Browser, flowers: Site, width: int) -> None:
    with window(browser, viewport={"width": width, "height": 800}) as page:
        for anchor in ("", "version=v2&with=v0"):
            page.goto(flowers.url(PAGE, anchor))
            page.wait_for_selector(".art-value >> text=setosa" if not anchor else ".art-sides .art-content >> nth=1")
            settle(page)
            assert page.evaluate("document.documentElement.scrollWidth") == width


def test_artifacts_of_two_runs_are_compared(browser: Browser, flowers: Site) -> None:
    with window(browser) as page:
        page.goto(flowers.url("flowers/compare.html", "a=prepare-0&b=prepare-1"))
        page.wait_for_selector("#artifacts tbody tr")
        (row,) = page.locator("#artifacts tbody tr").all_inner_texts()
        assert row.startswith("logged irises (dataset)\tv0 ")
        assert "\tv1 " in row


def test_an_artifact_on_a_phone(browser: Browser, flowers: Site) -> None:
    with window(browser, viewport={"width": 390, "height": 844}) as page:
        page.goto(flowers.url(PAGE))
        page.wait_for_selector(".art-value >> text=setosa")
        assert page.evaluate("document.documentElement.scrollWidth") == 390
