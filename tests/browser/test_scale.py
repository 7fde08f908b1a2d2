"""Many runs and long logs: what is out of sight is not in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import built
from tests.browser.support import show, window
from tests.site_builder.logs import write_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.support import Site

RUNS, LINES, BEYOND = 1000, 200_000, 60
# Scrolls through all of it, up and down, in steps of several windows, and gives the most rows there were beyond the window.
SCROLL = """async ([scroller, row]) => {
  const root = document.querySelector(scroller);
  const frames = (n) => new Promise((done) => requestAnimationFrame(() => (n > 1 ? frames(n - 1).then(done) : done())));
  const beyond = () => {
    const box = root.getBoundingClientRect();
    return [...root.querySelectorAll(row)].filter((e) => {
      const r = e.getBoundingClientRect();
      return r.bottom <= box.top || r.top >= Math.min(box.bottom, innerHeight);
    }).length;
  };
  const seen = new Set();
  let most = 0;
  for (let i = 0; i <= 80; i++) {
    const share = i <= 60 ? i / 60 : (80 - i) / 20;
    root.scrollTop = (root.scrollHeight - root.clientHeight) * share;
    await frames(2);
    most = Math.max(most, beyond());
    for (const e of root.querySelectorAll(row)) seen.add(e.textContent);
  }
  return [most, seen.size, root.scrollTop];
}"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build a project of 1,000 runs, one of which has printed a lot."""
    home = tmp_path_factory.mktemp("large")
    for n in range(RUNS):
        console = "".join(f"line {line}\n" for line in range(LINES)) if n == 7 else ""
        rows = [{"loss": n / (step + 1)} for step in range(3)]
        write_run(home / "logs", f"r{n:03}", rows, console=console, config={"lr": n % 7})
    return built(home)


@pytest.mark.parametrize(
    ("page_file", "scroller", "row"),
    [("index.html", ".rail .virtual", ".run"), ("table.html", ".grid", ".tr:has(a)")],
)
def test_lists_of_1000_runs_hold_what_is_near_the_window(
    browser: Browser, large: Site, page_file: str, scroller: str, row: str
) -> None:
    with window(browser) as page:
        show(page, large.url(f"p/{page_file}", "v=1"))
        most, seen, _ = page.evaluate(SCROLL, [scroller, row])
        assert most <= BEYOND
        assert seen > 600


def test_200_000_lines_of_log_hold_what_is_near_the_window(browser: Browser, large: Site) -> None:
    with window(browser) as page:
        show(page, large.url("p/runs/r007.html", "tab=logs"))
        page.wait_for_selector(".log .l .tx")
        most, seen, _ = page.evaluate(SCROLL, [".log", ".l"])
        assert most <= BEYOND
        assert seen > 1500
        page.evaluate("document.querySelector('.log').scrollTop = 1e9")
        page.wait_for_selector(f".log .tx:text-is('line {LINES - 1}')")
        page.goto(large.url("p/runs/r007.html", "tab=logs&L=123457"))
        page.wait_for_selector(".log .l.at .tx:text-is('line 123456')")


def test_a_single_file_of_1000_runs_keeps_to_its_budget_and_opens(browser: Browser, large: Site) -> None:
    assert large.single.stat().st_size <= 20_000_000
    with window(browser) as page:
        show(page, large.url("p/index.html", single=True))
        assert "of 1,000" in page.locator(".rail-foot").inner_text()
