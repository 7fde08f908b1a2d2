"""A preview server on loopback: for `watch --serve`, to be reached through ``ssh -L``."""

from __future__ import annotations

import functools
import http.server
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_HOSTS = ("127.0.0.1", "localhost", "[::1]")


class Server:
    """Serves a site to this machine only."""

    def __init__(self, site: Path, port: int) -> None:
        """Bind to a port of 127.0.0.1; 0 takes a free one. Raises OSError when it is taken."""
        handler = functools.partial(_Handler, directory=str(site))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="tracklog-server", daemon=True)

    @property
    def url(self) -> str:
        """Where the first page is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/index.html"

    def start(self) -> None:
        """Serve in a thread, until the process ends or `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Files of the site; refuses names that are not this machine's, as a rebinding attack would send."""

    def do_GET(self) -> None:
        """Answer a request for a file."""
        if self._is_ours():
            super().do_GET()

    def do_HEAD(self) -> None:
        """Answer a request for a file's head."""
        if self._is_ours():
            super().do_HEAD()

    def list_directory(self, _path: Any) -> None:
        """Show no listings."""
        self.send_error(404)

    def end_headers(self) -> None:
        """Have nothing cached: the site changes while it is looked at."""
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Print nothing."""

    def _is_ours(self) -> bool:
        host = self.headers.get("Host", "")
        name = host if host.startswith("[") and host.endswith("]") else host.rpartition(":")[0] or host
        if name in _HOSTS:
            return True
        self.send_error(403, "this server answers to localhost only")
        return False
