"""The tab Code as a person uses it: a tree, colours, links to lines, the patch as changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import built
from tests.browser.support import CHECKOUT, hash_of, settle, show, window
from tests.site_builder.logs import write_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.support import Site

# The line that the link names is in the window.
IN_VIEW = """() => {
  const { y } = document.querySelector('#code .at').getBoundingClientRect();
  return y > 0 && y < innerHeight;
}"""
MAIN = '"""Train."""\n\nimport model\n\n\n' + "".join(f"step_{n} = {n}  # of many\n" for n in range(200))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Write a run with a program, modules, a long file, files that are not shown, and a patch that git wrote."""
    home = tmp_path_factory.mktemp("code")
    git = {"commit": "4be2a90" + "0" * 33, "branch": "main", "remote": "https://github.com/ann/street.git"}
    folder = write_run(home / "logs", "r", [{"loss": 1.0}], program="/home/ann/street/train.py", git=git)
    files: dict[str, str | bytes] = {
        "code/train.py": MAIN,
        "code/nets/model.py": "class Model:\n    pass\n",
        "code/long.py": "".join(f"value_{n} = {n}\n" for n in range(9000)),
        "code/weights.bin": bytes(range(256)),
        "code/large.json": "1\n" * 600_000,
        **{f"code/more/m{n}.py": f"n = {n}\n" for n in range(10)},
        "diff.patch": (CHECKOUT / "templates/tests/patches/all.patch").read_bytes(),
        "requirements.txt": "".join(f"package-{n}=={n}.0\n" for n in range(30)),
    }
    for name, data in files.items():
        path = folder / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return built(home)


@pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])
def test_files_are_found_and_read(browser: Browser, site: Site, single: bool) -> None:
    with window(browser) as page:
        show(page, site.url("p/runs/r.html", "tab=code", single=single))
        page.wait_for_selector(".cv-view[aria-label='train.py'] .cv-line")
        assert page.locator(".cv-leaf[aria-current] .chip").inner_text() == "main"
        assert page.locator(".cv-line").count() == 205  # all of them, for the browser's own search
        assert page.locator(".cv-line .c1").first.inner_text() == "import"
        page.get_by_role("searchbox", name="Filter files").fill("model")
        page.click(".cv-leaf:has-text('model.py')")
        page.wait_for_selector(".cv-view[aria-label='nets/model.py'] .c5:has-text('Model')")
        page.get_by_role("searchbox", name="Find a package").fill("package-2")
        page.wait_for_function("() => document.querySelectorAll('.cv-packages dt').length === 11")
        settle(page)


def test_links_to_lines_come_back(browser: Browser, site: Site) -> None:
    with window(browser) as page:
        show(page, site.url("p/runs/r.html", "tab=code"))
        page.click(".cv-line[data-line='5'] .no")
        page.click(".cv-line[data-line='8'] .no", modifiers=["Shift"])
        assert "L=5-8" in hash_of(page)
        assert page.locator(".cv-line.at").count() == 4
        show(page, site.url("p/runs/r.html", "tab=code&file=train.py&L=150"))
        page.reload()
        page.wait_for_selector(".cv-line.at[data-line='150']")
        page.wait_for_function(IN_VIEW)
        show(page, site.url("p/runs/r.html", "tab=code&file=code/long.py&L=8000"))
        page.wait_for_selector(".cv-line.at[data-line='8000']")
        assert page.locator(".cv-line").count() < 1000
        assert page.inner_text(".cv-line.at .tx") == "value_7999 = 7999"


def test_what_is_not_shown_can_be_had(browser: Browser, site: Site) -> None:
    with window(browser) as page:
        show(page, site.url("p/runs/r.html", "tab=code"))
        for name, words, size in (
            ("weights.bin", "Not a text", 256),
            ("large.json", "Too long to be shown", 1_200_000),
        ):
            page.click(f".cv-leaf[title='{name}']")
            view = page.locator(f".cv-view[aria-label='{name}']")
            view.get_by_text(words).wait_for()
            with page.expect_download() as found:
                view.get_by_label("Download").click()
            assert found.value.suggested_filename == name
            assert found.value.path().stat().st_size == size


def test_a_patch_is_read_as_changes(browser: Browser, site: Site) -> None:
    with window(browser) as page:
        show(page, site.url("p/runs/r.html"))
        page.get_by_role("link", name="diff.patch").click()
        page.wait_for_selector(".cv-file")
        heads = page.locator(".cv-file > header").all_inner_texts()
        assert len(heads) == 14
        assert any("moved.py → deep/moved again.py" in head and "renamed" in head for head in heads)
        assert any("sub" in head and "b9a5f92 → 371fd6a" in head for head in heads)
        assert any("data.bin" in head and "not a text" in head for head in heads)
        file = page.locator(".cv-file[aria-label='train.py']")
        file.scroll_into_view_if_needed()
        file.locator(".tx.add:has-text('import sys')").wait_for()
        assert file.locator(".tx.del .w").all_inner_texts() != []
        file.get_by_label("Link to line 28 of B").click()
        page.keyboard.press("u")
        page.wait_for_selector(".diff.two")
        url = page.url
    with window(browser) as page:  # of a link that somebody was sent
        show(page, url)
        page.wait_for_selector(".cv-file[aria-label='train.py'] .at:has-text('0.2')")
        page.wait_for_function(IN_VIEW)


def test_code_on_a_phone(browser: Browser, site: Site) -> None:
    with window(browser, viewport={"width": 390, "height": 844}, has_touch=True, color_scheme="dark") as page:
        for query in ("tab=code&L=3", "tab=code&file=diff.patch"):
            show(page, site.url("p/runs/r.html", query))
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert page.locator(".cv-command").count() == 1
        page.wait_for_selector(".tx.add")


def test_code_is_read_without_scripts(browser: Browser, site: Site) -> None:
    with window(browser, java_script_enabled=False) as page:
        page.goto(site.url("p/runs/r.html"))
        assert page.locator("#code pre").inner_text().startswith('"""Train."""')
        colours = "(e) => [getComputedStyle(e).color, getComputedStyle(e.parentElement).color]"
        word, plain = page.locator("#code pre .c1").first.evaluate(colours)
        assert word != plain
        assert page.get_by_role("link", name="4be2a90").get_attribute("href", timeout=5000)
