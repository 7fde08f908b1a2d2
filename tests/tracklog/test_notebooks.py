"""Runs in notebooks: real kernels, a real Jupyter server, marimo."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import queue
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from jupyter_client.manager import KernelManager

from tracklog.store import notebook, reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_client.blocking.client import BlockingKernelClient


SETTINGS = {"disable_stats": True, "disable_git": True, "disable_meta": True}


def init(run: str, more: str = "") -> str:
    return f"run = wandb.init(project='p', id={run!r}, dir='logs', settings={SETTINGS!r}{more})"


@pytest.fixture
def kernel(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """Start a kernel in the test's folder."""
    monkeypatch.setenv("PYTHONPATH", str(checkout))
    # Beside what the interpreter brings nothing of whoever runs the tests.
    monkeypatch.setenv("IPYTHONDIR", str(Path("ipython").absolute()))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(Path("runtime").absolute()))
    manager = KernelManager(kernel_name="python3", transport="ipc", ip=str(Path("kernel").absolute()))
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    manager.context.destroy()


def execute(client: BlockingKernelClient, *cells: str) -> list[list[dict[str, Any]]]:
    """Run cells, all of them; return the outputs that a front end gets for each."""
    return [_execute(client, cell) for cell in cells]


def _execute(client: BlockingKernelClient, cell: str) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = []

    def hear(message: dict[str, Any]) -> None:
        if message["msg_type"] in ("stream", "display_data", "execute_result", "error"):
            said.append({"type": message["msg_type"], **message["content"]})

    client.execute_interactive(cell, timeout=60, output_hook=hear, stop_on_error=False)
    return said


def cells(run: str, name: str = "_session_history.ipynb") -> list[Any]:
    """Return the cells of a run's notebook, which is valid."""
    book = nbformat.reads(Path(f"logs/p/{run}/files/code/{name}").read_text(), as_version=4)
    nbformat.validate(book)
    return list(book.cells)


def printed(cell: Any) -> list[tuple[str, str]]:
    return [(output.name, output.text) for output in cell.outputs if output.output_type == "stream"]


def console(run: str) -> str:
    log = reader.read_run(Path(f"logs/p/{run}"))
    return "".join(line["text"] for writer in log.writers.values() for line in writer.console)


SESSION = [
    "import tracklog as wandb\nprint('before the run')\n6 * 7",
    f"print('before init')\n{init('r')}\nprint('first cell')",
    (
        "import sys\nfrom IPython.display import HTML, clear_output, display\n"
        "print('second')\nprint('to stderr', file=sys.stderr)\ndisplay(HTML('<b>shown</b>'))\nprint('after it')\n[1, 2]"
    ),
    (
        "handle = display({'text/plain': 'old'}, raw=True, display_id=True)\nhandle.update({'text/plain': 'new'}, raw=True)\n"
        "for n in range(3):\n    print(f'\\rbar {n}', end='')"
    ),
    "print('gone')\nclear_output(wait=True)\nprint('kept')",
    "1 / 0",
    "def ]",
    "import asyncio\nawait asyncio.sleep(0)\nprint('awaited')",
    (
        "import threading\ngo = threading.Event()\nsays = lambda: (go.wait(), print('from a thread'))\n"
        "thread = threading.Thread(target=says)\nthread.start()"
    ),
    "go.set()\nthread.join()",
    "import os\nos.system('echo from a child')\n'\\ud800'",
    "%%wandb\nprint('by a magic')",
    "%tracklog -h 100",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    "print('to the end')\nrun.finish()\nprint('too late')",
    "print('without a run')",
]


def test_all_cells_are_kept_with_what_they_print_show_return_and_raise(kernel: Any) -> None:
    shown = execute(kernel[1], *SESSION)
    kept = cells("r")
    assert [cell.source for cell in kept] == SESSION[:-1]
    assert [cell.execution_count for cell in kept] == list(range(1, len(SESSION)))
    assert printed(kept[0]) == [("stdout", "before the run\n")]
    assert kept[0].outputs[1].data == {"text/plain": "42"}
    assert "".join(text for name, text in printed(kept[1]) if name == "stdout") == "before init\nfirst cell\n"
    assert [
        (o.output_type, o.get("text") or o.data.get("text/html", o.data["text/plain"])) for o in kept[2].outputs
    ] == [
        ("stream", "second\n"),
        ("stream", "to stderr\n"),
        ("display_data", "<b>shown</b>"),
        ("stream", "after it\n"),
        ("execute_result", "[1, 2]"),
    ]
    assert kept[3].outputs[0].data == {"text/plain": "new"}
    assert printed(kept[3]) == [("stdout", "bar 2")]
    assert printed(kept[4]) == [("stdout", "kept\n")]
    assert [(o.ename, o.evalue) for o in kept[5].outputs] == [("ZeroDivisionError", "division by zero")]
    assert kept[5].outputs[0].traceback == shown[5][0]["traceback"]
    assert [o.ename for o in kept[6].outputs] == ["SyntaxError"]
    assert printed(kept[7]) == [("stdout", "awaited\n")]
    assert printed(kept[9]) == [("stdout", "from a thread\n")]
    assert [o.data["text/plain"] for o in kept[10].outputs if "data" in o] == [r"'\ud800'"]
    assert printed(kept[11]) == [("stdout", "by a magic\n")]
    assert "/logs/p/r</code>" in kept[11].outputs[-1].data["text/html"]
    assert "max-height:100px" in kept[12].outputs[-1].data["text/html"]
    assert kept[13].outputs[0].data["image/png"] == shown[13][0]["data"]["image/png"]
    assert printed(kept[14])[0] == ("stdout", "to the end\n")
    assert "too late" not in str(kept[14].outputs)
    log = console("r")
    for text in (
        "first cell",
        "second",
        "to stderr",
        "after it",
        "kept",
        "awaited",
        "from a thread",
        "by a magic",
        "to the end",
    ):
        assert f"{text}\n" in log
    assert "too late" not in log
    assert shown[-1] == [{"type": "stream", "name": "stdout", "text": "without a run\n"}]
    left = (
        "import sys\nshell = get_ipython()\nprint(*(vars(o).keys() & {'publish', 'clear_output', 'write_format_data', "
    )
    left += "'_showtraceback'} for o in (shell, shell.display_pub, shell.displayhook)), type(sys.stdout).__mro__[1].__name__)"
    assert execute(kernel[1], left)[0][0]["text"] == "set() set() set() TextIOBase\n"


def test_a_later_run_of_a_kernel_has_the_cells_before_it_and_code_can_be_left_out(kernel: Any) -> None:
    client = kernel[1]
    begin = [f"{init(name)}\nprint('run {name}')" for name in ("a", "b")]
    off = init("off", ", save_code=False")
    shows = "from IPython.display import HTML, display\ndisplay(HTML('<i>x</i>'))"
    execute(
        client,
        "import tracklog as wandb",
        begin[0],
        shows,
        begin[1],
        "print('last')",
        off,
        "print('unkept')",
        "run.finish()",
    )
    assert [cell.source for cell in cells("a")] == ["import tracklog as wandb", begin[0], shows, begin[1]]
    assert [cell.source for cell in cells("b")] == [
        "import tracklog as wandb",
        begin[0],
        shows,
        begin[1],
        "print('last')",
        off,
    ]
    assert cells("b")[2].outputs == cells("a")[2].outputs
    assert cells("b")[2].outputs[0].data["text/html"] == "<i>x</i>"
    assert not Path("logs/p/off/files/code").exists()
    assert "unkept\n" in console("off")
    execute(client, "import os\nos.environ['WANDB_DISABLE_CODE'] = 'true'", init("variable"), "run.finish()")
    assert not Path("logs/p/variable/files/code").exists()


def test_a_dead_kernel_leaves_all_cells_but_the_running_one(kernel: Any) -> None:
    manager, client = kernel
    execute(client, f"import tracklog as wandb\n{init('r')}", "print('one')", "print('two')")
    client.execute("print('in it', flush=True)\nopen('there', 'w').close()\nimport time\ntime.sleep(600)")
    while not Path("there").exists():
        with contextlib.suppress(queue.Empty):
            client.get_iopub_msg(timeout=0.1)
    os.kill(manager.provisioner.pid, signal.SIGKILL)
    assert [cell.source for cell in cells("r")][1:] == ["print('one')", "print('two')"]
    # The run goes on in another kernel, whose cells have a file of their own.
    manager.restart_kernel(now=True)
    client.wait_for_ready(timeout=60)
    again = "import tracklog as wandb\n" + init("r", ", resume='must'")
    execute(client, again, "run.finish()")
    assert len(cells("r")) == 3
    assert [cell.source for cell in cells("r", "_session_history-2.ipynb")] == [again, "run.finish()"]


def test_output_without_end_is_bounded_and_counted(kernel: Any) -> None:
    execute(
        kernel[1],
        "import tracklog as wandb\n" + init("r").replace("'disable_stats'", "'console': 'off', 'disable_stats'"),
        "for n in range(20):\n    print('x' * 999_999)",
        "for n in range(20_000):\n    print(f'\\r{n}', end='')",
        *["print('z' * 9_000_000)"] * 5,
        "run.finish()",
    )
    stdout, note = printed(cells("r")[1])
    assert stdout == ("stdout", ("x" * 999_999 + "\n") * 10)
    assert note == ("stderr", "[tracklog: 10.0 MB more of output were not kept]\n")
    assert printed(cells("r")[2]) == [("stdout", "19999")]
    assert [len(printed(cell)[0][1]) for cell in cells("r")[3:7]] == [9_000_001] * 4
    full = "[tracklog: 9.0 MB of output were not kept: this session's history is full]\n"
    assert printed(cells("r")[7]) == [("stderr", full)]


class Server:
    """A running Jupyter server, asked as its pages ask it."""

    def __init__(self, folder: Path) -> None:
        options = [f"--ServerApp.root_dir={folder}", "--ServerApp.log_level=ERROR", "--IdentityProvider.token=secret"]
        quiet = ["--no-browser", "--allow-root", "--port=0", "--port-retries=0"]
        self.process = subprocess.Popen([sys.executable, "-m", "jupyter", "server", *quiet, *options])
        file = Path("runtime", f"jpserver-{self.process.pid}.json")
        while not self._listens(file):
            assert self.process.poll() is None
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)

    def _listens(self, file: Path) -> bool:
        """Tell whether the server answers; its file is there before its socket is."""
        try:
            self.port = int(json.loads(file.read_text())["port"])
            socket.create_connection(("127.0.0.1", self.port), timeout=60).close()
        except (OSError, json.JSONDecodeError):
            return False
        return True

    def ask(self, method: str, path: str, body: object = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, f"/api/{path}", json.dumps(body), {"Authorization": "token secret"})
        answer = connection.getresponse().read()
        connection.close()
        return json.loads(answer) if answer else None


def test_the_notebook_is_kept_as_it_was_saved_last_under_its_newest_name(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(checkout))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Mine")])
    (tmp_path / "work").mkdir()
    nbformat.write(book, tmp_path / "work" / "first.ipynb")
    server = Server(tmp_path)
    try:
        asked = {"path": "work/first.ipynb", "type": "notebook", "name": "first.ipynb", "kernel": {"name": "python3"}}
        session = server.ask("POST", "sessions", asked)
        manager = KernelManager(connection_file=str(tmp_path / "runtime" / f"kernel-{session['kernel']['id']}.json"))
        manager.load_connection_file()
        client = manager.client()
        client.start_channels()
        for _ in range(60):
            with contextlib.suppress(RuntimeError):  # it takes a kernel that is beginning for a dead one
                client.wait_for_ready(timeout=60)
                break
        begin = init("r").replace("'logs'", "'../logs'")
        execute(client, f"import tracklog as wandb\n{begin}", "run._recording.recorders[-1].__self__._survey.join()")
        assert cells("r", "first.ipynb")[0].source == "# Mine"
        server.ask("PATCH", "contents/work/first.ipynb", {"path": "work/second.ipynb"})
        server.ask("PATCH", f"sessions/{session['id']}", {"path": "work/second.ipynb"})
        book.cells.append(nbformat.v4.new_markdown_cell("and saved"))
        nbformat.write(book, tmp_path / "work" / "second.ipynb")
        execute(client, "run.finish()")
        client.stop_channels()
        assert [cell.source for cell in cells("r", "second.ipynb")] == ["# Mine", "and saved"]
        server.ask("DELETE", f"sessions/{session['id']}")
        manager.context.destroy()
    finally:
        server.process.terminate()
        server.process.wait(60)


MARIMO = f"""
import marimo
app = marimo.App()

@app.cell
def _():
    import tracklog as wandb
    {init("m")}
    print("in marimo")
    return (run,)

@app.cell
def _(run):
    print("in its second cell")
    run.finish()
    return
"""


def test_of_marimo_the_source_is_kept(checkout: Path) -> None:
    Path("mine.py").write_text(MARIMO)
    export = [sys.executable, "-m", "marimo", "--quiet", "export", "html", "mine.py", "-o", "page.html"]
    subprocess.run(export, env={**os.environ, "PYTHONPATH": str(checkout)}, check=True, timeout=120)
    assert Path("logs/p/m/files/code/mine.py").read_text() == MARIMO
    assert console("m") == "in marimo\nin its second cell\n"


def test_a_history_that_was_cut_while_it_was_written_is_read_up_to_its_last_whole_line(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    history = notebook.SessionHistory(tmp_path / "files")
    for n in range(3):
        history.append(
            {"cell_type": "code", "execution_count": n, "metadata": {}, "source": f"print({n})", "outputs": []}
        )
    history.close()
    whole = (tmp_path / "files" / "code" / "_session_history.ipynb").read_bytes()
    nbformat.validate(json.loads(whole))
    for end in range(whole.index(b'"cells":[\n') + 10, len(whole) + 1):
        cut = whole[:end]
        found = json.loads(notebook.salvaged(cut))["cells"]
        assert [cell["source"] for cell in found] == [f"print({n})" for n in range(cut.count(b"},\n"))]
