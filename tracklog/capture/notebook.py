"""The notebook that a run is logged from, as somebody saved it: where its file is, and a copy of it in the run.

It is looked for by the name that its author gives (``TRACKLOG_NOTEBOOK_NAME``), by what VS Code, marimo and Jupyter's
server tell a kernel, and, since that is old news after a rename, by asking the server itself: on this machine, by the
address and token that it leaves to processes of its own user. Colab has no file; it hands the notebook over.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog import launcher
from tracklog.errors import warn
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracklog.recording import Recording

LARGEST = 100_000_000
"""Bytes of a notebook that is copied."""
PATIENCE = 1.0
"""Seconds in which a server has to answer."""
_HERE = ("", "0.0.0.0", "127.0.0.1", "::", "::1", "localhost")  # noqa: S104 - where a server listens, not we
"""Hosts by which a server says that it can be reached on this machine itself."""


def is_here() -> bool:
    """Return whether this process runs a notebook."""
    return launcher.in_kernel() or _is_marimo()


def keep(recording: Recording, name: str | None, *, at_end: bool = False) -> None:
    """Copy the notebook into the run, and again when it is saved; `name` is where its author says that it is.

    Only `at_end` Colab is asked, which answers the main thread alone, and once is enough.
    """
    try:
        path = find(name)
        if path is None:
            if at_end:
                _keep_colab(recording)
        elif not recording.keeps(path):
            size = path.stat().st_size
            if size > LARGEST:
                warn(
                    "notebook-size",
                    f"{path} has {size / 1e6:,.0f} MB; notebooks up to {LARGEST / 1e6:,.0f} MB are kept",
                )
            else:
                recording.save_file(path, f"{layout.CODE}/{path.name}", "live")
    except Exception as error:
        warn("notebook", f"the notebook is not kept: {type(error).__name__}: {error}")


def find(name: str | None) -> Path | None:
    """Return the notebook's file; None where nobody knows of one."""
    if name:
        named = next((path for path in (Path(name), Path(f"{name}.ipynb")) if path.is_file()), None)
        if named is None:
            warn("notebook-name", f"there is no notebook {name!r} in {Path.cwd()}; check TRACKLOG_NOTEBOOK_NAME")
        return named and named.absolute()
    for told in _told():
        if told.suffix in (".ipynb", ".py") and told.is_file():
            return told
    return None


def _told() -> Iterator[Path]:
    if _is_marimo():
        yield Path(getattr(sys.modules["__main__"], "__file__", None) or "")
    if not launcher.in_kernel():
        return
    from IPython import get_ipython

    shell = get_ipython()
    yield Path(str(getattr(shell, "user_ns", {}).get("__vsc_ipynb_file__", "")))
    yield Path(os.environ.get("JPY_SESSION_NAME", ""))
    yield from _of_servers()


def _is_marimo() -> bool:
    marimo = sys.modules.get("marimo")
    return marimo is not None and bool(marimo.running_in_notebook())


def _of_servers() -> Iterator[Path]:
    """Yield what the servers of this user on this machine say of the running kernel."""
    from ipykernel.connect import get_connection_file
    from jupyter_core.paths import jupyter_runtime_dir

    try:
        kernel = Path(get_connection_file()).stem.partition("-")[2]
    except RuntimeError:  # no kernel, though its package is loaded
        return
    for file in sorted(Path(jupyter_runtime_dir()).glob("*server-*.json")):
        try:
            server = json.loads(file.read_bytes())
            sessions = _sessions(server)
        except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException):  # gone, or none that answers us
            continue
        for session in sessions:
            if session.get("kernel", {}).get("id") == kernel:
                place = session.get("path") or session.get("notebook", {}).get("path", "")
                yield Path(server.get("root_dir") or server.get("notebook_dir") or "", place)


def _sessions(server: dict[str, Any]) -> list[dict[str, Any]]:
    """Ask a server on this machine for its sessions. Raises OSError, ValueError or HTTPException."""
    if server.get("secure") or server.get("hostname") not in _HERE:
        return []
    connection = http.client.HTTPConnection("127.0.0.1", int(server["port"]), timeout=PATIENCE)
    try:
        token = {"Authorization": f"token {server.get('token', '')}"}
        connection.request("GET", f"{server.get('base_url', '/')}api/sessions", headers=token)
        answer = connection.getresponse()
        found = json.loads(answer.read()) if answer.status == http.client.OK else []
    finally:
        connection.close()
    return [session for session in found if isinstance(session, dict)]


def _keep_colab(recording: Recording) -> None:
    if "google.colab" not in sys.modules:
        return
    from google.colab import _message

    answer = _message.blocking_request("get_ipynb", request="", timeout_sec=5)
    notebook = answer.get("ipynb") if isinstance(answer, dict) else None
    if isinstance(notebook, dict):
        name = str(notebook.get("metadata", {}).get("colab", {}).get("name") or "notebook.ipynb")
        recording.put_file(f"{layout.CODE}/{layout.file_name(name)}", json.dumps(notebook).encode())
