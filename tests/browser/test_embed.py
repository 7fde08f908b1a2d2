"""One panel in a frame of another page: from a folder, from one file, from a server's sub-path."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from tests.browser.support import served, show, window

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Frame, Page

    from tests.browser.support import Site

CHART = "iris/index.html"


def framed(page: Page, host: Path, frame: str, *, url: str = "") -> Frame:
    """Show a page that holds a frame; return the frame once its panel stands."""
    head = "<!doctype html><meta charset=utf-8><link rel=icon href=data:,><title>Notes</title>"
    host.write_text(f"{head}<h1>Notes</h1>{frame}", encoding="utf-8")
    page.goto(url or host.as_uri())
    inner = page.frames[1]
    inner.wait_for_selector(".embed")
    inner.wait_for_function("() => !document.querySelector('.embed .wait, .embed .sk, .embed [aria-busy=true]')")
    return inner


def chart_alone(inner: Frame) -> None:
    """Check that a chart fills the frame, and nothing else of the page can be seen."""
    inner.wait_for_selector(".embed canvas")
    box = inner.locator(".embed canvas").bounding_box()
    assert box is not None
    assert box["width"] > 500
    assert box["height"] > 200
    seen = """() => [...document.querySelectorAll('header, nav, aside, .rail, .toolbar')].filter((e) =>
      !e.closest('.embed') && e.checkVisibility({ visibilityProperty: true })).length"""
    assert inner.evaluate(seen) == 0


def test_the_menu_copies_a_frame_that_shows_the_panel(browser: Browser, demo: Site, tmp_path: Path) -> None:
    with window(browser, permissions=["clipboard-read", "clipboard-write"]) as page:
        show(page, demo.url(CHART, "v=1&only="))
        panel = page.locator("figure[data-panel]").first
        name = panel.get_attribute("data-panel") or ""
        show(page, demo.url(CHART, "v=1"))
        page.locator(f'figure[data-panel="{name}"]').hover()
        page.locator(f'figure[data-panel="{name}"]').get_by_role("button", name=re.compile("^Menu of")).click()
        page.get_by_role("button", name="Copy embed code").click()
        frame = page.evaluate("() => navigator.clipboard.readText()")
        assert frame.startswith('<iframe src="file://')
        inner = framed(page, tmp_path / "notes.html", frame)
        chart_alone(inner)
        names = inner.locator(".embed-names li").all_inner_texts()
        assert len(names) >= 3
        way = inner.get_by_role("link", name="Open in tracklog").get_attribute("href") or ""
        show(page, way)
        assert (
            page.get_by_role("dialog", name=name.rpartition("/")[2]).is_visible()
            or page.locator("dialog.full").is_visible()
        )


@pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])
def test_a_runs_page_and_one_file_have_frames_as_well(
    browser: Browser, demo: Site, tmp_path: Path, *, single: bool
) -> None:
    run = demo.runs("iris")[0]
    with window(browser) as page:
        show(page, demo.url(f"iris/runs/{run}", "tab=charts", single=single))
        panel = page.locator("figure[data-panel]").first.get_attribute("data-panel")
        url = demo.url(f"iris/runs/{run}", f"v=1&tab=charts&embed={panel}", single=single)
        inner = framed(page, tmp_path / "notes.html", f'<iframe src="{url}" width="720" height="420"></iframe>')
        chart_alone(inner)


def test_a_frame_from_a_sub_path_follows_what_its_link_says(browser: Browser, demo: Site) -> None:
    with served(demo.folder.parent) as home, window(browser, offline=False, allow=(home,)) as page:
        site = f"{home}site/{CHART}"
        page.goto(site)
        panel = page.locator("figure[data-panel]").first.get_attribute("data-panel")
        frame = f'<iframe src="{site}#v=1&embed={panel}&x=rel&smooth=ema:0.9" width="720" height="420"></iframe>'
        inner = framed(page, demo.folder.parent / "notes.html", frame, url=f"{home}notes.html")
        chart_alone(inner)
        assert "by time" in (inner.locator(".embed [aria-label]").first.get_attribute("aria-label") or "")


def test_a_panel_that_is_not_there_says_so(browser: Browser, demo: Site, tmp_path: Path) -> None:
    with window(browser) as page:
        url = demo.url(CHART, "v=1&embed=<b>no/such")
        inner = framed(page, tmp_path / "notes.html", f'<iframe src="{url.replace("<", "%3C")}"></iframe>')
        assert "There is no panel <b>no/such here" in unescape(inner.locator(".embed").inner_text())
