"""Every key that the list behind `?` names, on the page where it acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import built
from tests.browser.support import hash_of, settle, show, window
from tests.browser.test_workspace import COPIED
from tests.site_builder.logs import write_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.support import Site

LINES, MATCHES = 900, (100, 450, 800)
CURRENT = "() => document.querySelector('.rail .run[aria-selected=true]')?.dataset.run ?? ''"
PRESSED = """() => [...document.querySelectorAll('.rail .run')]
  .filter((row) => row.querySelector('.eye').ariaPressed === 'true').map((row) => row.dataset.run)"""
FOCUSED = "() => document.activeElement.closest('[data-panel]')?.dataset.panel ?? ''"
PARAM = "([name, value]) => (new URLSearchParams(location.hash.slice(1)).get(name) ?? '') === value"
TOP = "() => document.querySelector('.log').scrollTop"


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build a project of three runs with charts in two sections, a log, a command and system metrics."""
    home = tmp_path_factory.mktemp("three")
    for n in range(3):
        rows = [{"train/loss": 1 / (step + 1 + n), "train/lr": 0.1, "val/acc": step / 60} for step in range(60)]
        console = "".join(f"line {k}{' needle' if k in MATCHES else ''} {'x' * 200}\n" for k in range(LINES))
        more: dict[str, Any] = {"program": "train.py", "args": ["--n", str(n)]}
        folder = write_run(
            home / "logs", f"r{n}", rows, console=console, created=f"2026-09-21T12:0{n}:00+00:00", **more
        )
        system = '{{"_timestamp":{},"_runtime":{},"cpu":{}}}\n'
        lines = [system.format(1_790_000_000 + k, k, k % 7) for k in range(30)]
        (folder / "system-a-1-aaaa.jsonl").write_text("".join(lines))
    return built(home)


def press(page: Page, key: str, *, until: str, arg: Any = None) -> None:
    """Press a key and wait for what it does."""
    page.keyboard.press(key)
    page.wait_for_function(until, arg=arg)


def current(page: Page, key: str, run: str) -> None:
    press(page, key, until=f"(run) => ({CURRENT})() === run", arg=run)


def shown(page: Page, key: str, *runs: str) -> None:
    press(page, key, until=f"(runs) => ({PRESSED})().sort().join() === runs.join()", arg=list(runs))


def panel(page: Page, key: str, title: str) -> None:
    press(page, key, until=f"(title) => ({FOCUSED})() === title", arg=title)


def param(page: Page, key: str, name: str, value: str) -> None:
    press(page, key, until=PARAM, arg=[name, value])


def test_keys_of_the_run_list(browser: Browser, three: Site) -> None:
    with window(browser) as page:
        show(page, three.url("p/index.html", "v=1"))
        for key, run in (("j", "r2"), ("J", "r1"), ("j", "r0"), ("j", "r0"), ("k", "r1"), ("K", "r2"), ("j", "r1")):
            current(page, key, run)
        shown(page, "x", "r0", "r2")
        shown(page, "X", "r0", "r1", "r2")
        shown(page, "o", "r1")
        shown(page, "O", "r0", "r1", "r2")
        param(page, "b", "base", "r1")
        page.wait_for_selector(".rail .pinned .run[data-run=r1] .flag")
        param(page, "B", "base", "")
        page.keyboard.press("Enter")
        page.wait_for_selector("h1:has-text('run r1')")
        assert page.url.partition("#")[0].endswith("/p/runs/r1.html")


def test_keys_of_panels(browser: Browser, three: Site) -> None:
    with window(browser) as page:
        show(page, three.url("p/index.html", "v=1"))
        for key, title in (
            ("]", "train/loss"),
            ("]", "train/lr"),
            ("]", "val/acc"),
            ("[", "train/lr"),
            ("[", "train/loss"),
        ):
            panel(page, key, title)
        param(page, "l", "o.train/loss", "log")
        page.wait_for_selector("figure[data-panel='train/loss'] .pts:text-is('log y')", state="attached")
        param(page, "L", "o.train/loss", "")
        param(page, "t", "o.train/loss", "table")
        page.wait_for_selector("figure[data-panel='train/loss'] .tracetable td")
        page.locator("figure[data-panel='train/loss']").hover()
        param(page, "T", "o.train/loss", "")
        param(page, "p", "pins", "train/loss")
        page.wait_for_selector("section[aria-label=Pinned] figure[data-panel='train/loss']")
        page.locator("figure[data-panel='train/loss']").hover()
        param(page, "P", "pins", "")
        page.wait_for_selector("section[aria-label=Pinned]", state="detached")
        page.locator("figure[data-panel='train/loss']").hover()
        param(page, "f", "panel", "train/loss")
        page.wait_for_selector("dialog.full[open] .canvas canvas")
        param(page, "]", "panel", "train/lr")
        param(page, "[", "panel", "train/loss")
        param(page, "Escape", "panel", "")
        press(page, "s", until="() => !document.querySelector('section.sec:not(.shut)')")
        press(page, "S", until="() => !document.querySelector('section.sec.shut')")


def test_sections_fold_on_the_page_of_a_run(browser: Browser, three: Site) -> None:
    with window(browser) as page:
        show(page, three.url("p/runs/r0.html", "tab=charts"))
        header = page.get_by_role("button", name="train 2")
        header.click()
        page.wait_for_selector("section[aria-label=train].shut")
        assert hash_of(page).split("fold=")[1] == "train"
        header.click()
        page.wait_for_selector("section[aria-label=train]:not(.shut)")
        press(page, "s", until="() => document.querySelectorAll('section.sec.shut').length === 2")
        press(page, "s", until="() => !document.querySelector('section.sec.shut')")
        assert "fold" not in hash_of(page)


def test_keys_within_a_chart(browser: Browser, three: Site) -> None:
    zoomed = "() => /zoom=([^&]*)/.exec(location.hash)?.[1].split('..').map(Number) ?? null"
    with window(browser) as page:
        show(page, three.url("p/index.html", "v=1&only=r0"))
        panel(page, "]", "train/loss")
        title = "(text) => document.querySelector('.tip .h b')?.textContent === text"
        press(page, "ArrowRight", until=title, arg="step 1")
        press(page, "Shift+ArrowRight", until=title, arg="step 11")
        press(page, "ArrowLeft", until=title, arg="step 10")
        press(page, "+", until=f"() => ({zoomed})()")
        low, high = page.evaluate(zoomed)
        assert low < 10 < high
        assert high - low == pytest.approx(59 / 2, rel=0.05)
        press(page, "-", until=f"(w) => {{ const [a, b] = ({zoomed})(); return b - a > w }}", arg=high - low)
        press(page, "0", until=f"() => !({zoomed})()")
        press(page, "Escape", until="() => !document.querySelector('.tip')")


def test_find_help_and_keys_switched_off(browser: Browser, three: Site) -> None:
    with window(browser) as page:
        show(page, three.url("p/index.html", "v=1"))
        press(page, "?", until="() => document.querySelector('dialog.help[open]')")
        listed = page.locator("dialog.help kbd").all_inner_texts()
        assert {"/", "J K", "X", "O", "B", "Enter", "[ ]", "F", "L", "T", "P", "S", "0", "?"} <= set(listed)
        press(page, "Escape", until="() => !document.querySelector('dialog')")
        press(page, "/", until="() => document.activeElement.closest('dialog.find')")
        page.keyboard.type("r1jx")
        assert page.evaluate(CURRENT) == ""
        assert page.locator("dialog.find input").input_value() == "r1jx"
        page.locator("dialog.find input").fill("run r1")
        page.wait_for_selector("dialog.find [role=option]:has-text('run r1')")
        page.keyboard.press("Enter")
        page.wait_for_selector("h1:has-text('run r1')")
        show(page, three.url("p/index.html", "v=1"))
        press(page, "/", until="() => document.activeElement.closest('dialog.find')")
        page.keyboard.type("> single keys off")
        page.wait_for_selector("dialog.find [role=option]:has-text('Switch single keys off')")
        press(page, "Enter", until="() => !document.querySelector('dialog')")
        page.keyboard.press("j")
        page.keyboard.press("s")
        assert page.evaluate(CURRENT) == ""
        assert page.locator("section.sec.shut").count() == 1


def test_keys_of_a_run_page(browser: Browser, three: Site) -> None:
    with window(browser) as page:
        page.add_init_script(COPIED)
        show(page, three.url("p/runs/r1.html"))
        press(page, ".", until="() => window.copied === 'python train.py --n 1'")
        tabs = [str(tab.get_attribute("data-tab")) for tab in page.locator("[data-tabs] a").all()]
        assert tabs == ["overview", "charts", "system", "logs"]
        for digit in (2, 4, 3, 1):
            press(page, str(digit), until="(tab) => document.documentElement.dataset.tab === tab", arg=tabs[digit - 1])
        settle(page)
        press(page, "3", until="() => document.documentElement.dataset.tab === 'system'")
        page.locator("figure[data-panel='system:cpu']").hover()
        param(page, "t", "o.system:cpu", "table")
        press(page, "<", until="() => document.querySelector('h1').textContent === 'run r2'")
        settle(page)
        assert page.evaluate("document.documentElement.dataset.tab") == "system"
        press(page, ">", until="() => document.querySelector('h1').textContent === 'run r1'")
        settle(page)


def test_keys_of_the_log(browser: Browser, three: Site) -> None:
    with window(browser) as page:
        show(page, three.url("p/runs/r1.html", "tab=logs&q=needle"))
        page.wait_for_selector(".log .l .tx")
        press(page, "G", until=f"() => ({TOP})() > 10000")
        page.wait_for_selector(f".log .tx:has-text('line {LINES - 1} ')")
        press(page, "g", until=f"() => ({TOP})() === 0")
        page.wait_for_selector(".log-tools .note-in:text-is('3 lines')")
        for key, k, note in (("n", 100, "1 of 3"), ("n", 450, "2 of 3"), ("N", 100, "1 of 3"), ("N", 800, "3 of 3")):
            page.keyboard.press(key)
            page.wait_for_selector(f".log-tools .note-in:text-is('{note}')")
            page.wait_for_selector(f".log .l[data-line='{k + 1}'] mark.cur")
        param(page, "w", "wrap", "0")
        page.wait_for_selector(".log.nowrap")
        param(page, "w", "wrap", "")
        press(page, "1", until="() => document.documentElement.dataset.tab === 'overview'")
        page.keyboard.press("w")
        assert "wrap" not in page.url
