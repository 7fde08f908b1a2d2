"""What HTML of users sends: nothing, heard by listeners of UDP and TCP on loopback."""

from __future__ import annotations

import select
import socket
from typing import TYPE_CHECKING

import pytest

import tracklog
from tests.browser.conftest import built
from tests.browser.support import settle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.browser.support import Site

QUIET = {"disable_stats": True, "disable_git": True, "disable_meta": True, "quiet": True, "console": "off"}
# Asks for its addresses by way of a server, as a call between two pages begins.
CALL = """
  const call = (of) => {
    const peer = new of.RTCPeerConnection({ iceServers: [
      { urls: "stun:127.0.0.1:@udp" }, { urls: "turn:127.0.0.1:@tcp?transport=tcp", username: "a", credential: "b" } ] });
    peer.createDataChannel("x");
    peer.createOffer().then((offer) => peer.setLocalDescription(offer));
  };
"""
WAYS = {
    "call": f"<script>{CALL} call(window)</script>",
    "frame": f"<iframe></iframe><script>{CALL} call(window[0])</script>",
    "made": f"<script>{CALL} document.documentElement.append(document.createElement('iframe')); call(window[0])</script>",
    "inner": f"<p id=p></p><script>{CALL} p.innerHTML = '<iframe></iframe>'; call(p.firstChild.contentWindow)</script>",
    "srcdoc": "<iframe srcdoc=\"<script>new RTCPeerConnection({iceServers:[{urls:'stun:127.0.0.1:@udp'}]})"
    '.createOffer({offerToReceiveAudio:true}).then((o)=>0)</script>"></iframe>',
    "address": "<iframe src='http://127.0.0.1:@tcp/'></iframe><object data='http://127.0.0.1:@tcp/'></object>",
    "refresh": "<meta http-equiv=refresh content='0;url=http://127.0.0.1:@tcp/'>",
    "link": "<a id=a href='http://127.0.0.1:@tcp/'>x</a><a id=b href='http://127.0.0.1:@tcp/' download>x</a>"
    "<script>a.click(); b.click()</script>",
    "window": "<script>open('http://127.0.0.1:@tcp/', '_self')</script>",
    "hints": "<link rel=preconnect href='http://127.0.0.1:@tcp/'><link rel=prefetch href='http://127.0.0.1:@tcp/'>"
    "<link rel=dns-prefetch href='http://127.0.0.1:@tcp/'><link rel=stylesheet href='http://127.0.0.1:@tcp/'>",
    "fetch": "<script>fetch('http://127.0.0.1:@tcp/').catch(() => 0)</script><img src='http://127.0.0.1:@tcp/'>",
    "socket": "<script>new WebSocket('ws://127.0.0.1:@tcp/')</script>",
    "beacon": "<script>navigator.sendBeacon('http://127.0.0.1:@tcp/', 'x')</script>",
    "form": "<form id=f action='http://127.0.0.1:@tcp/'></form><script>f.submit()</script>",
    "worker": "<script>new Worker(URL.createObjectURL(new Blob([\"fetch('http://127.0.0.1:@tcp/')\"])))</script>",
}
DONE = "<p>here</p><script>setTimeout(() => document.body.append('done'), 500)</script>"


class Ears:
    """Listeners on loopback."""

    def __init__(self) -> None:
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.tcp.setblocking(False)

    def filled(self, text: str) -> str:
        ports = (("@udp", self.udp), ("@tcp", self.tcp))
        for name, bound in ports:
            text = text.replace(name, str(bound.getsockname()[1]))
        return text

    def heard(self) -> list[str]:
        found = []
        while readable := select.select([self.udp, self.tcp], [], [], 0)[0]:
            if self.udp in readable:
                found.append(f"udp: {self.udp.recv(100)!r}")
            if self.tcp in readable:
                self.tcp.accept()[0].close()
                found.append("tcp")
        return found


@pytest.fixture(scope="module")
def ears() -> Iterator[Ears]:
    listening = Ears()
    yield listening
    listening.udp.close()
    listening.tcp.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, ears: Ears) -> Site:
    home = tmp_path_factory.mktemp("frames")
    _log(home / "logs", ears)
    return built(home)


def _log(root: Path, ears: Ears) -> None:
    for name, document in WAYS.items():
        with tracklog.init(project="p", id=name, dir=root, settings=QUIET) as run:
            run.log({"page": tracklog.Html(ears.filled(document) + DONE, inject=False)})


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_nothing_leaves_a_frame(browser: Browser, site: Site, ears: Ears, way: str, *, single: bool) -> None:
    page = browser.new_page()
    page.goto(site.url(f"p/runs/{way}.html", "tab=media", single=single))
    settle(page)
    page.frame_locator("iframe.userhtml").first.get_by_text("done").wait_for()
    page.close()
    assert ears.heard() == []


def test_the_listeners_hear_a_page_that_is_not_framed(browser: Browser, ears: Ears, tmp_path: Path) -> None:
    (tmp_path / "call.html").write_text(ears.filled(WAYS["call"]))
    page = browser.new_page()
    page.goto((tmp_path / "call.html").as_uri())
    heard: list[str] = []
    while not heard:
        page.evaluate("new Promise(requestAnimationFrame)")
        heard = ears.heard()
    page.close()
