"""Every page of the demo, in a folder and in one file, light and dark, wide and narrow: nothing to complain about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.support import AXE, settle, show, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.support import Site

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
TABS = ("overview", "charts", "media", "system", "logs", "files")
TOO_WIDE = """() => {
  const over = document.documentElement.scrollWidth - innerWidth;
  if (over <= 0) return '';
  const clipped = (e) => { while ((e = e.parentElement)) if (getComputedStyle(e).overflowX !== 'visible') return true; };
  const wide = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
  return `${over} px: ${wide.filter((e) => !clipped(e)).slice(0, 3).map((e) => `${e.tagName}.${e.className}`)}`;
}"""


def pages(demo: Site) -> list[tuple[str, str]]:
    """List path and query of every kind of page; of the runs one that went well and the one that failed."""
    names = [
        name
        for name in demo.runs("seattle-temperature")
        if b"lr10" in (demo.folder / "seattle-temperature/runs" / name).read_bytes()
    ]
    runs = [f"iris/runs/{demo.runs('iris')[0]}", f"seattle-temperature/runs/{names[0]}"]
    return [
        ("index.html", ""),
        ("iris/index.html", ""),
        ("seattle-temperature/index.html", ""),
        ("iris/table.html", ""),
        *((run, f"tab={tab}") for run in runs for tab in TABS),
    ]


def violations(page: Page) -> list[str]:
    """Return what axe finds."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    return [
        f"{found['id']}: {node['html'][:120]} ({node['failureSummary'].splitlines()[-1].strip()})"
        for found in result["violations"]
        for node in found["nodes"][:3]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("form", ["folder", "single"])
def test_every_page_is_quiet_fits_and_is_accessible(browser: Browser, demo: Site, form: str, theme: Any) -> None:
    found = []
    with window(browser, color_scheme=theme) as page:
        for path, query in pages(demo):
            page.set_viewport_size(WIDE)  # type: ignore[arg-type]
            show(page, demo.url(path, query, single=form == "single"))
            found += [f"{path} {query}: {text}" for text in violations(page)]
            for size in (WIDE, NARROW):
                page.set_viewport_size(size)  # type: ignore[arg-type]
                settle(page)
                if over := page.evaluate(TOO_WIDE):
                    found.append(f"{path} {query} at {size['width']} px: wider by {over}")
    assert found == [], "\n".join(found)
