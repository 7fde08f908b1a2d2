"""A preview server on loopback: for `watch --serve`, to be reached through ``ssh -L``, and for `serve`, as Pages would."""

from __future__ import annotations

import functools
import http.server
import os
import re
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from pathlib import Path

MOST = 64
"""Connections at once."""
IDLE = 10.0
"""Seconds without a byte after which a connection is closed."""
_MALFORMED = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOSTS = ("127.0.0.1", "localhost", "[::1]")


class Server:
    """Serves a site to this machine only."""

    def __init__(self, site: Path, port: int, under: str = "") -> None:
        """Bind to a port of 127.0.0.1; 0 takes a free one. Raises OSError when it is taken.

        Below a path it answers as GitHub Pages does, which keeps what it sent for ten minutes.
        """
        self._under = f"/{quote(under)}" if under else ""
        handler = (
            functools.partial(_Below, directory=str(site), under=self._under)
            if under
            else functools.partial(_Handler, directory=str(site))
        )
        self._server = _Connections(("127.0.0.1", port), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="tracklog-server", daemon=True)

    @property
    def url(self) -> str:
        """Where the first page is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{self._under}/{'' if self._under else 'index.html'}"

    def start(self) -> None:
        """Serve in a thread, until the process ends or `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Connections(http.server.ThreadingHTTPServer):
    """A bounded number of connections, each with a thread: descriptors are left for the build beside it.

    One more waits until another ends, which idle ones do after `IDLE` seconds.
    """

    def __init__(self, *arguments: Any) -> None:
        self._free = threading.BoundedSemaphore(MOST)
        self._ending = False
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread, as soon as there is one."""
        while not self._free.acquire(timeout=0.5):
            if self._ending:
                self.shutdown_request(request)
                return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def shutdown(self) -> None:
        """Stop, and wait for nobody."""
        self._ending = True
        super().shutdown()

    def handle_error(self, *_: Any) -> None:
        """Print nothing: a browser that closes a connection is no news."""


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Files of the site; refuses names that are not this machine's, as a rebinding attack would send."""

    timeout = IDLE
    caching = "no-cache"
    """The site changes while it is looked at."""

    def do_GET(self) -> None:
        """Answer a request for a file."""
        if self._is_ours() and self._is_file():
            super().do_GET()

    def do_HEAD(self) -> None:
        """Answer a request for a file's head."""
        if self._is_ours() and self._is_file():
            super().do_HEAD()

    def list_directory(self, _path: Any) -> None:
        """Show no listings."""
        self.send_error(404)

    def end_headers(self) -> None:
        """Say how long an answer holds, and that it is what it says."""
        self.send_header("Cache-Control", self.caching)
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Print nothing."""

    def _is_file(self) -> bool:
        """Return whether a path names a file, or a folder's first page; answer otherwise."""
        if _MALFORMED.search(self.path):
            self.send_response(302)
            self.send_header("Location", "/index.html")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return False
        place = self.translate_path(self.path)
        if "\0" in place or not (os.path.isfile(place) or os.path.isdir(place)):  # noqa: PTH112, PTH113 - strings
            self.send_error(404)
            return False
        return True

    def _is_ours(self) -> bool:
        host = self.headers.get("Host", "")
        name = host if host.startswith("[") and host.endswith("]") else host.rpartition(":")[0] or host
        if name in _HOSTS:
            return True
        self.send_error(403, "this server answers to localhost only")
        return False


class _Below(_Handler):
    """Files of the site below a path, and nothing beside it, with the headers of GitHub Pages."""

    caching = "max-age=600"
    extensions_map = {  # noqa: RUF012 - as the base class declares it
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".html": "text/html; charset=utf-8",
        ".js": "application/javascript; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".json": "application/json; charset=utf-8",
    }

    def __init__(self, *arguments: Any, under: str, **named: Any) -> None:
        self._under = under
        super().__init__(*arguments, **named)

    def end_headers(self) -> None:
        """Let other pages read it, as Pages does."""
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def translate_path(self, path: str) -> str:
        """Return the file of a path; of one that is not below the site's, a file that is not there."""
        if not path.startswith(f"{self._under}/"):
            return os.path.join(self.directory, "\0")  # noqa: PTH118 - strings, as the base class has them
        return super().translate_path(path.removeprefix(self._under))
