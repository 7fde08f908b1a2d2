"""The preview server: files of the site, for this machine only."""

from __future__ import annotations

import http.client
import os
import socket
import struct
from typing import TYPE_CHECKING

import psutil
import pytest

from site_builder import server as server_module
from site_builder.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Get = Callable[..., tuple[int, bytes, http.client.HTTPResponse]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("server")
    (home / "site/data").mkdir(parents=True)
    (home / "site/index.html").write_text("first page")
    (home / "site/data/p.js").write_text("tracklog.put()")
    os.mkfifo(home / "site/pipe.js")
    (home / "secret.txt").write_text("not of the site")
    running = Server(home / "site", 0)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def get(server: Server) -> Get:
    def ask(path: str, host: str = "", method: str = "GET") -> tuple[int, bytes, http.client.HTTPResponse]:
        connection = http.client.HTTPConnection("127.0.0.1", port_of(server))
        connection.putrequest(method, path, skip_host=bool(host))
        if host:
            connection.putheader("Host", host.replace("PORT", str(port_of(server))))
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body, answer

    return ask


def port_of(server: Server) -> int:
    return int(server.url.rsplit(":", 1)[1].partition("/")[0])


def test_it_serves_files_that_nothing_may_cache_or_guess(get: Get) -> None:
    status, body, answer = get("/data/p.js?v=1")
    assert (status, body) == (200, b"tracklog.put()")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert get("/")[:2] == (200, b"first page")
    assert get("/index.html", method="HEAD")[:2] == (200, b"")


@pytest.mark.parametrize("host", ["127.0.0.1:PORT", "localhost:PORT", "localhost", "[::1]:PORT", "[::1]"])
def test_it_answers_to_names_of_this_machine(get: Get, host: str) -> None:
    assert get("/index.html", host)[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:PORT", "127.0.0.1.evil.example", "localhost.evil:80", " "]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_it_refuses_other_names(get: Get, host: str, method: str) -> None:
    status, body, _ = get("/index.html", host, method)
    assert status == 403
    assert b"first page" not in body


@pytest.mark.parametrize(
    "path", ["/data/", "/data", "/nothing.html", "/../secret.txt", "/%2e%2e/secret.txt", "//etc/passwd"]
)
def test_it_lists_nothing_and_leaves_the_site_for_nobody(get: Get, path: str) -> None:
    status, body, _ = get(path)
    assert status in (301, 404)
    assert b"p.js" not in body
    assert b"not of the site" not in body


def test_it_changes_nothing(get: Get) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert get("/index.html", method=method)[0] == 501


@pytest.mark.parametrize("path", ["/%", "/%zz", "/p/%4", "/index.html?q=%g1"])
def test_a_malformed_escape_leads_to_the_first_page(get: Get, path: str) -> None:
    status, _, answer = get(path)
    assert (status, answer.headers["Location"]) == (302, "/index.html")


def test_what_is_no_file_is_not_waited_for(get: Get, server: Server) -> None:
    del server
    assert get("/pipe.js")[0] == 404
    assert get("/%00")[0] == 404


@pytest.fixture
def hasty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Serve with little patience and few connections."""
    monkeypatch.setattr(server_module, "MOST", 4)
    monkeypatch.setattr(server_module._Handler, "timeout", 0.2)
    (tmp_path / "index.html").write_text("first page")
    running = Server(tmp_path, 0)
    running.start()
    yield running
    running.stop()


def first_page(server: Server) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port_of(server), timeout=60)
    connection.request("GET", "/")
    return connection.getresponse().read()


def test_idle_connections_end_and_there_are_never_many(hasty: Server) -> None:
    before = psutil.Process().num_fds()
    idle = [socket.create_connection(("127.0.0.1", port_of(hasty))) for _ in range(40)]
    idle[0].sendall(b"GET /index.html HTTP/1.1\r\nHost: loc")  # and nothing more
    assert psutil.Process().num_fds() <= before + len(idle) + 4 + 1
    for one in idle:
        one.settimeout(60)
        assert one.recv(1) == b""  # closed by the server
        one.close()
    assert first_page(hasty) == b"first page"


def test_it_prints_nothing_whatever_is_sent(hasty: Server, capfd: pytest.CaptureFixture[str]) -> None:
    address = ("127.0.0.1", port_of(hasty))
    for sent in (b"", b"\r\n", b"nonsense\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01" * 50):
        with socket.create_connection(address) as one:
            one.sendall(sent)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing resets
    with socket.create_connection(address) as one:
        one.sendall(b"GET /index.html HTTP/1.0\r\nHost: localhost\r\n\r\n")
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert first_page(hasty) == b"first page"
    assert capfd.readouterr() == ("", "")


def test_it_is_bound_to_loopback(server: Server) -> None:
    assert server._server.server_address[0] == "127.0.0.1"
    with socket.socket() as other:
        other.bind(("127.0.0.2", port_of(server)))  # still free: not bound to all addresses


def test_a_port_that_is_taken_is_an_error(server: Server, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="in use"):
        Server(tmp_path, port_of(server))
