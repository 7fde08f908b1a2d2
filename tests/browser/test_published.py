"""A site that was published: checked out of a bare repository, served below a path as Pages does, opened in Chromium."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from site_builder import Builder, Options
from site_builder.gate import Gate
from site_builder.server import Server
from tests.browser.support import CHECKOUT, settle, show, window
from tests.site_builder.logs import write_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.browser.support import Site


def git(*words: str, at: Path) -> None:
    subprocess.run(["git", *words], cwd=at, check=True, capture_output=True)


@pytest.fixture(scope="module")
def published(everything: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Publish `examples/everything.py` into a folder of a branch; return the address below which it is served."""
    home = tmp_path_factory.mktemp("published")
    git("init", "-q", "--bare", "remote.git", at=home)
    git("init", "-q", "repository", at=home)
    repository = home / "repository"
    for name, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        git("config", name, value, at=repository)
    git("remote", "add", "origin", "../remote.git", at=repository)
    (repository / "tracklog.yaml").write_text("publish: {allow: [home, host, ip, user]}\n")  # whoever runs this
    command = [sys.executable, "-m", "tracklog", "publish", str(everything.logs), "--folder", "runs"]
    world = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(command, cwd=repository, env=world, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    git("clone", "-q", "--branch", "gh-pages", "remote.git", "pages", at=home)
    server = Server(home / "pages", 0, under="repository")
    server.start()
    yield f"{server.url}runs/"
    server.stop()


@pytest.mark.parametrize(
    ("path", "selector"),
    [
        ("everything/index.html", "[data-panel] canvas"),
        ("everything/media.html", "img"),
        ("everything/runs/{run}#tab=media", "img"),
    ],
)
def test_a_published_site_lives_below_a_path(
    path: str, selector: str, published: str, everything: Site, browser: Browser
) -> None:
    with window(browser, offline=False, allow=(published,)) as page:
        show(page, published + path.format(run=everything.runs("everything")[0]))
        page.wait_for_selector(selector)
        pictures = page.eval_on_selector_all(
            "img", "found => found.filter((one) => one.complete && !one.naturalWidth).length"
        )
        assert pictures == 0


def test_links_lead_on_below_the_path(published: str, browser: Browser) -> None:
    with window(browser, offline=False, allow=(published,)) as page:
        show(page, published)
        page.click("main a[href*='everything/']")
        settle(page)
        assert page.url.startswith(f"{published}everything/index.html")


def test_a_site_with_words_for_secrets_is_whole(browser: Browser, tmp_path: Path) -> None:
    token = "ghp_" + "a1B2c3D4" * 5
    printed = "".join(
        f"{n} said {token if n == 700 else n * 7919}\n" for n in range(60_000)
    )  # a file of finished blocks, too
    folder = write_run(
        tmp_path / "logs", "told", [{"loss": 1, "said": token}], console=printed, program="a.py", user="ada"
    )
    (folder / "files/code").mkdir(parents=True)
    (folder / "files/code/a.py").write_text(f'KEY = "{token}"  # a remark\nx = 1\n')
    gate = Gate(key=b"k" * 32)
    Builder(Options((tmp_path / "logs",), tmp_path / "site", gate=gate)).build()
    word = gate.word("github-token", token)
    page_ = (tmp_path / "site/p/runs/told.html").as_uri()
    with window(browser) as page:
        show(page, f"{page_}#tab=code")
        page.locator("[data-island=code]").get_by_text(word).first.wait_for()
        show(page, f"{page_}#tab=logs&L=701")
        page.get_by_text(f"700 said {word}").first.wait_for()
