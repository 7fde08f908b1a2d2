"""What the browser tests share: windows that complain, waiting for a page, sites to look at."""

from __future__ import annotations

import functools
import http.server
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

CHECKOUT = Path(__file__).resolve().parent.parent.parent
AXE = CHECKOUT / "templates/node_modules/axe-core/axe.min.js"
HERE = ("file:", "data:", "blob:", "about:")

# What was asked for is shown: version.js was read, and nothing that can be seen still waits for data.
SETTLED = """() => {
  if (!document.querySelector('.live-slot .live')) return false;
  const tab = /[#?&]tab=(\\w+)/.exec(location.hash);
  if (tab && document.documentElement.dataset.tab !== tab[1]) return false;
  const seen = (e) => { const r = e.getBoundingClientRect(); return r.width && r.bottom > 0 && r.top < innerHeight };
  return ![...document.querySelectorAll('[aria-busy=true], .wait, .sk')].some(seen);
}"""


@dataclass(frozen=True)
class Site:
    """A log folder and its site, as a folder and as one file."""

    logs: Path
    folder: Path
    single: Path

    def url(self, path: str, query: str = "", *, single: bool = False) -> str:
        """Return the address of a page, from file://."""
        if single:
            return f"{self.single.as_uri()}#/{path}{f'?{query}' if query else ''}"
        return f"{(self.folder / path).as_uri()}{f'#{query}' if query else ''}"

    def runs(self, project: str) -> list[str]:
        """Return the file names of the pages of a project's runs."""
        return sorted(path.name for path in (self.folder / project / "runs").glob("*.html"))


@contextmanager
def window(browser: Browser, *, allow: tuple[str, ...] = (), **how: Any) -> Iterator[Page]:
    """Open an offline window that fails on a console error, an exception, a dialog or a request that leaves."""
    context = browser.new_context(**{"offline": True, "viewport": {"width": 1440, "height": 900}, **how})
    complaints: list[str] = []
    page = context.new_page()
    complain(page, complaints, allow)
    try:
        yield page
        # axe waits for timers, which no page has without scripts.
        if how.get("java_script_enabled", True):
            complaints += unreadable(page)
    finally:
        context.close()
    assert complaints == [], "\n".join(dict.fromkeys(complaints))


def unreadable(page: Page) -> list[str]:
    """Return what of a page has too little contrast, in the state that a test has left it in."""
    if not page.url.startswith("file:") or page.query_selector("body") is None:
        return []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result: dict[str, Any] = page.evaluate(
        "axe.run(document, {runOnly: ['color-contrast'], resultTypes: ['violations'], preload: false})"
    )
    return [
        f"contrast: {node['html'][:120]} ({node['failureSummary'].splitlines()[-1].strip()[:160]})"
        for found in result["violations"]
        for node in found["nodes"][:3]
    ]


def complain(page: Page, complaints: list[str], allow: tuple[str, ...] = ()) -> None:
    """Write down what must not happen on a page."""
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(f"exception: {error}"))
    page.on(
        "request",
        lambda request: complaints.append(f"left: {request.url}") if not request.url.startswith(HERE + allow) else None,
    )

    def dialog(opened: Any) -> None:
        complaints.append(f"dialog: {opened.message}")
        opened.dismiss()

    page.on("dialog", dialog)


def show(page: Page, url: str) -> None:
    """Go to an address and wait until what it asks for is there."""
    if "#/" in url and page.url.partition("?")[0] != url.partition("?")[0]:
        page.goto("about:blank")  # in a single file another page would be the same document, settled before it turns
    page.goto(url)
    settle(page)


def settle(page: Page) -> None:
    """Wait until nothing in view waits for data."""
    page.wait_for_function(SETTLED)


def hash_of(page: Page) -> str:
    """Return the part of the address that holds the view."""
    return str(page.evaluate("location.hash"))


def blank(page: Page, selector: str) -> list[bool]:
    """Return for each canvas in view whether nothing is drawn on it."""
    found: list[bool] = page.evaluate(
        """(selector) => [...document.querySelectorAll(selector)]
          .filter((c) => { const r = c.getBoundingClientRect(); return r.width && r.top >= 0 && r.bottom <= innerHeight })
          .map((c) => !c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 === 3 && v))""",
        selector,
    )
    return found


class Pages(http.server.SimpleHTTPRequestHandler):
    """Serves as GitHub Pages does: below a path, and everything may be kept for ten minutes."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix("/a/b")) if path.startswith("/a/b/") else "/nowhere"

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder as GitHub Pages does; give the address that its sub-path has."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Pages, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/a/b/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
