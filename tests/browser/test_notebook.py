"""Notebooks as a person sees them: documents in their frames, pictures, what is too large when it is asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from nbformat import v4

from tests.browser.conftest import built
from tests.browser.support import settle, show, window
from tests.site_builder.logs import write_run
from tests.site_builder.test_notebook import code, png, shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.support import Site

LARGE = v4.new_output("stream", text="large " * 30_000)
CELLS = [
    v4.new_markdown_cell("Formula $x^2$"),
    code(
        "frame",
        shown({"text/html": "<b id=b></b><script>b.textContent = 'drawn'</script>", "text/plain": "plain form"}),
    ),
    code("picture", shown({"image/png": png()})),
    *(code(f"n{n}", LARGE) for n in range(6)),
    code("last", shown({"image/png": png("blue")}), shown({"text/html": "<i>far behind</i>"})),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    home = tmp_path_factory.mktemp("notebook")
    folder = write_run(home / "logs", "r", [{"loss": 1.0}])
    (folder / "files").mkdir(exist_ok=True)
    (folder / "files/mine.ipynb").write_text(json.dumps(v4.new_notebook(cells=CELLS)))
    return built(home)


@pytest.mark.parametrize("single", [False, True])
def test_a_notebook_is_alive(browser: Browser, site: Site, *, single: bool) -> None:
    with window(browser) as page:
        show(page, site.url("p/runs/r.html", "tab=notebook&cell=2", single=single))
        page.frame_locator("[data-cell='2'] iframe").get_by_text("drawn").wait_for()
        loaded = "(image) => image.decode().then(() => image.naturalWidth)"
        assert page.locator("[data-cell='3'] img").evaluate(loaded) == 40
        page.get_by_role("button", name="more cells").click()
        page.locator("[data-cell='10'] img").scroll_into_view_if_needed()
        assert page.locator("[data-cell='10'] img").evaluate(loaded) == 40
        page.frame_locator("[data-cell='10'] iframe").get_by_text("far behind").wait_for()
        assert page.get_by_role("button", name="more cells").count() == 0
        settle(page)


def test_a_notebook_is_read_without_scripts(browser: Browser, site: Site) -> None:
    with window(browser, java_script_enabled=False) as page:
        page.goto(site.url("p/runs/r.html"))
        assert page.locator("[data-cell='1'] math").count() == 1
        assert page.get_by_text("plain form").is_visible()
        assert page.locator("[data-cell='3'] img").get_attribute("src", timeout=5000)
