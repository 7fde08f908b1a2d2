"""Sites as people pass them on: moved, served, hostile, empty, damaged."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from site_builder import Options, build
from tests.browser.conftest import built
from tests.browser.support import CHECKOUT, complain, served, settle, show, window
from tests.site_builder.logs import grow, write_run

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

    from tests.browser.support import Site

PAGES = ("index.html", "iris/index.html", "iris/table.html")
LINKS = "() => [...document.querySelectorAll('a[href]')].map((a) => a.href)"
EVIL = "</script><img src=x onerror=alert(1)><svg onload=alert(2)>'\"`${alert(3)}"
KEYS = ("__proto__", "constructor", "toString", EVIL, "a,b\\c", "=1+1")


def crawl(page: Page, first: str) -> set[str]:
    """Open every page that links lead to, from `first` on; return their paths relative to it."""
    home = first.rpartition("/")[0] + "/"
    todo, seen = [first], set()
    while todo:
        url = todo.pop()
        page.goto(url)
        settle(page)
        seen.add(url)
        for link in page.evaluate(LINKS):
            target = link.partition("#")[0]
            if target.startswith("https://"):
                continue  # in somebody's notes
            assert target.startswith(home), link
            if target not in seen and target not in todo:
                todo.append(target)
    return {url.removeprefix(home) for url in seen}


def test_links_lead_everywhere_from_a_renamed_folder(browser: Browser, demo: Site, tmp_path: Path) -> None:
    moved = tmp_path / "my results #1 100%" / "sité"
    shutil.copytree(demo.folder, moved)
    with window(browser) as page:
        found = crawl(page, (moved / "index.html").as_uri())
    assert found == {path.relative_to(demo.folder).as_posix() for path in demo.folder.rglob("*.html")}


def test_links_of_one_file_stay_in_it(browser: Browser, demo: Site) -> None:
    with window(browser) as page:
        show(page, demo.url("index.html", single=True))
        links = set(page.evaluate(LINKS))
        page.get_by_role("link", name="iris").click()
        page.wait_for_selector(".rail .run")
        links |= set(page.evaluate(LINKS))
        name = page.locator(".rail .run .name a").first.text_content()
        page.locator(".rail .run .name a").first.click()
        page.locator("h1", has_text=name).wait_for()
        links |= set(page.evaluate(LINKS))
        page.go_back()
        page.wait_for_selector(".rail .run")
    assert all(link.startswith((f"{demo.single.as_uri()}#", "https://")) for link in links)
    assert len(links) > 14


def test_a_cached_page_below_a_path_survives_a_rebuild(browser: Browser, demo: Site, tmp_path: Path) -> None:
    logs, folder = tmp_path / "logs", tmp_path / "site"
    rows: list[dict[str, Any]] = [{"loss": 1 / (n + 1)} for n in range(20)]
    for n in range(12):
        write_run(logs, f"r{n}", rows, exit_code=None if n == 0 else 0, created=f"2026-09-21T12:{n:02}:00+00:00")
    options = Options((logs,), folder, jobs=1)
    build(options)
    with served(folder) as root, window(browser, offline=False, allow=(root,)) as page:
        show(page, f"{root}p/index.html")
        for n in range(12):
            grow(logs / "p" / f"r{n}", [{"loss": 7.0 + n}] * 2)
        build(options)
        # Runs that are drawn only now: what the page holds names files that have other content meanwhile.
        page.get_by_role("button", name="Show all").click()
        page.wait_for_function("() => document.querySelector('figure').ariaLabel.includes(', 12 lines')")
        page.wait_for_function("() => document.querySelector('.rail').textContent.includes('18')")
        show(page, f"{root}p/runs/r3.html#tab=charts&zoom=0..30")
        page.wait_for_function("() => document.querySelector('.hint').textContent.startsWith('All 22 points')")
    with served(demo.folder) as root, window(browser, offline=False, allow=(root,)) as page:
        for path in PAGES:
            show(page, root + path)


# What a grey block shows just before and after 150 ms, of one that begins now.
LATE = """() => {
  const block = document.createElement('i');
  block.className = 'sk';
  document.body.append(block);
  const late = block.getAnimations().find((a) => a.animationName === 'late');
  late.pause();
  const seen = [149, 151].map((ms) => (late.currentTime = ms, getComputedStyle(block).visibility));
  block.remove();
  return seen;
}"""


def test_what_takes_long_stands_in_grey_and_says_how_far_it_is(browser: Browser, tmp_path: Path) -> None:
    for n in range(8):
        write_run(tmp_path / "logs", f"r{n}", [{"loss": n / (step + 1)} for step in range(20)])
    build(Options((tmp_path / "logs",), tmp_path / "site", jobs=1))
    index: list[Route] = []
    runs: list[Route] = []

    def hold(route: Route) -> None:
        (runs if "/data/p/" in route.request.url else index).append(route)

    with served(tmp_path / "site") as root, window(browser, offline=False, allow=(root,)) as page:
        page.route("**/data/p.js*", hold)
        page.route(re.compile(r"/data/p/r[3-7]"), hold)
        page.goto(f"{root}p/index.html", wait_until="commit")
        page.wait_for_function("() => document.querySelectorAll('.ghosts .sk').length")
        assert page.evaluate(LATE) == ["hidden", "visible"]
        page.get_by_text("Reading the runs").wait_for()
        index.pop().continue_()
        page.wait_for_selector("figure .hint:text-is('Reading 3 of 8 runs')")
        plot, card = page.locator("figure .plot").first, page.locator("figure").first
        assert plot.locator(".sk").first.is_visible()
        places = plot.bounding_box(), card.bounding_box()
        runs.pop().continue_()
        page.wait_for_selector("figure .hint:text-is('Reading 4 of 8 runs')")
        while runs:
            runs.pop().continue_()
        page.wait_for_selector("figure[aria-label*=', 8 lines']")
        assert page.get_by_text("Reading").count() == 0
        assert (plot.bounding_box(), card.bounding_box()) == places
        settle(page)


def hostile(home: Path) -> Site:
    names: dict[str, Any] = {"name": EVIL, "notes": f"[x](javascript:alert(4)) {EVIL}", "tags": [EVIL], "group": EVIL}
    rows: list[dict[str, Any]] = [{key: float(n) for key in KEYS} | {"text": EVIL} for n in range(30)]
    write_run(home / "logs", "evil", rows, config=dict.fromkeys(KEYS, EVIL), console=f"{EVIL}\n\x1b[31m{EVIL}", **names)
    write_run(home / "logs", "plain", rows, config=dict.fromkeys(KEYS, 1))
    (home / "logs/p/evil/files").mkdir(exist_ok=True)
    (home / "logs/p/evil/files/page.html").write_text(f"<script>alert(5)</script>{EVIL}")
    (home / "logs/p/evil/files/notes.md").write_text(EVIL)
    return built(home)


@pytest.mark.parametrize("form", ["folder", "single"])
def test_text_from_strangers_stays_text(browser: Browser, tmp_path: Path, form: str) -> None:
    site = hostile(tmp_path)
    single = form == "single"
    with window(browser) as page:
        show(page, site.url("p/index.html", "v=1", single=single))
        titles = [figure.get_attribute("data-panel") for figure in page.locator("figure").all()]
        assert {"__proto__", "constructor", "toString"} <= set(titles)
        assert page.locator(".rail .run .name a").all_text_contents() == [EVIL, "run plain"]
        proto = page.locator('figure[data-panel="__proto__"]')
        assert ", 2 lines" in str(proto.get_attribute("aria-label"))
        show(page, site.url("p/table.html", "v=1", single=single))
        assert page.get_by_text(EVIL, exact=True).count() >= 2
        for tab in ("overview", "charts", "logs", "files"):
            show(page, site.url("p/runs/evil.html", f"tab={tab}", single=single))
            assert page.locator("h1").text_content() == EVIL
            if tab == "logs":
                page.wait_for_selector(".log .l .tx")
                assert page.locator(".log .tx").all_inner_texts()[:2] == [EVIL, EVIL]
            if tab == "files":
                for name in ("page.html", "notes.md"):
                    page.get_by_role("button", name=name).click()
                    page.wait_for_selector(".file-view header")
        assert page.locator("img[src=x], svg[onload], a[href^=javascript]").count() == 0


def test_a_project_without_runs_and_runs_without_data(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    site = built(tmp_path)
    with window(browser) as page:
        for single in (False, True):
            show(page, site.url("index.html", single=single))
            assert page.get_by_text("No data logged yet").is_visible()
        write_run(site.logs, "empty", [])
        site = built(tmp_path)
        show(page, site.url("p/index.html"))
        assert page.get_by_text("No data logged yet").first.is_visible()
        show(page, site.url("p/runs/empty.html"))
        assert page.get_by_text("No data logged yet").first.is_visible()
        for tab in page.locator("[data-tabs] a").all():
            tab.click()
            settle(page)


def test_crashed_and_damaged_runs_and_lost_pictures_are_shown_as_such(browser: Browser, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"loss": 1.0 - n / 50} for n in range(40)]
    gone: dict[str, Any] = {
        "_type": "image-file",
        "path": "media/images/gone.png",
        "width": 8,
        "height": 8,
        "format": "png",
    }
    write_run(tmp_path / "logs", "pictures", [*rows, {"sample": gone}])
    away = {"host": "another", "pid": 1}
    write_run(tmp_path / "logs", "crashed", rows, exit_code=None, session=away)
    write_run(tmp_path / "logs", "failed", rows, exit_code=1)
    folder = write_run(tmp_path / "logs", "damaged", rows)
    (history,) = folder.glob("history-*")
    lines = history.read_bytes().splitlines(keepends=True)
    history.write_bytes(b"".join([*lines[:4], b"\x00garbage\n", *lines[5:]]))
    write_run(tmp_path / "logs", "newer", rows)
    (tmp_path / "logs/p/newer/run.json").write_text('{"format": 99}')
    site = built(tmp_path)
    with window(browser) as page:
        show(page, site.url("p/index.html"))
        states = {row.get_attribute("data-run"): row for row in page.locator(".rail .run").all()}
        assert set(states) == {"pictures", "crashed", "failed", "damaged"}
        assert states["crashed"].locator(".dot.crashed").count() == 1
        assert states["failed"].locator(".dot.failed").count() == 1
        assert "⚠" in states["damaged"].inner_text()
        page.locator("figure .media").scroll_into_view_if_needed()
        page.wait_for_selector("figure .media .broken")
        for run, words in (
            ("crashed", "ended without a word"),
            ("failed", "error code"),
            ("damaged", "could not be read"),
        ):
            show(page, site.url(f"p/runs/{run}.html"))
            assert page.get_by_text(words).first.is_visible(), run
        show(page, site.url("p/runs/damaged.html", "tab=charts&zoom=0..50"))
        page.locator(".hint", has_text="All 39 points").first.wait_for()


def test_a_site_whose_data_is_missing_says_so(browser: Browser, demo: Site, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(demo.folder, site)
    shutil.rmtree(site / "data" / "iris")
    (site / "data" / "seattle-temperature.js").unlink()
    context = browser.new_context(offline=True)
    complaints: list[str] = []
    page = context.new_page()
    complain(page, complaints)
    page.goto((site / "iris/index.html").as_uri())
    page.wait_for_selector("text=This panel could not be read")
    page.goto((site / "seattle-temperature/index.html").as_uri())
    page.wait_for_selector("text=The data of this site could not be read")
    context.close()
    assert {text for text in complaints if "ERR_FILE_NOT_FOUND" not in text} == set()


@pytest.mark.parametrize("script", ["digits_sklearn.py", "cars_numpy.py", "digits_torch.py"])
def test_the_site_of_an_example_opens_without_complaint(browser: Browser, tmp_path: Path, script: str) -> None:
    import sys

    world = {**os.environ, "TRACKLOG_DIR": str(tmp_path / "logs"), "PYTHONPATH": str(CHECKOUT)}
    subprocess.run([sys.executable, str(CHECKOUT / "examples" / script)], env=world, check=True, capture_output=True)
    site = built(tmp_path)
    with window(browser) as page:
        for path in sorted(site.folder.rglob("*.html")):
            name = path.relative_to(site.folder).as_posix()
            for query in ("tab=charts", "tab=media") if "/runs/" in name else ("",):
                show(page, site.url(name, query))


@pytest.mark.skipif(shutil.which("firefox-esr") is None, reason="firefox-esr is not installed")
def test_firefox_draws_the_workspace(demo: Site, tmp_path: Path) -> None:
    picture = tmp_path / "workspace.png"
    (tmp_path / "profile").mkdir()
    command = ["firefox-esr", "--headless", "--no-remote", "--profile", str(tmp_path / "profile")]
    command += ["--window-size=1440,900", "--screenshot", str(picture), demo.url("iris/index.html")]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env={**os.environ, "HOME": str(tmp_path)}
    )
    assert picture.is_file(), done.stderr
    with Image.open(picture) as image:
        pixels = np.asarray(image.convert("RGB"))
    assert pixels.shape == (900, 1440, 3)
    # It is taken when the page has loaded, which is before charts have their data; the list has read the project's.
    colourful = np.ptp(pixels[150:600, :330].astype(int), axis=2) > 60
    assert colourful.sum() > 300
