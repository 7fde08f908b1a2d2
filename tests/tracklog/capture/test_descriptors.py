"""Output that does not pass `sys.stdout`: of child processes, of C code, of what writes to descriptors."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tracklog.store import reader

SETTINGS = {"disable_stats": True, "disable_git": True, "disable_meta": True, "quiet": True}
BEGIN = f"""
import ctypes, multiprocessing, os, signal, subprocess, sys, time
import tracklog
run = tracklog.init(project="p", id="r", dir="logs", settings={SETTINGS!r} | eval(sys.argv[1]))
"""


def script(body: str, settings: dict[str, Any] | None = None, **how: Any) -> subprocess.CompletedProcess[str]:
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
    return subprocess.run([sys.executable, "-c", BEGIN + body, repr(settings or {})], text=True, check=False, **how)


def printed(stream: str = "") -> str:
    log = reader.read_run(Path("logs/p/r"))
    lines = [line for writer in log.writers.values() for line in writer.console]
    assert log.damage == []
    return "".join(line["text"] for line in lines if stream in ("", line["stream"]))


def test_whoever_prints_is_heard_and_the_terminal_gets_the_same() -> None:
    done = script("""
print("by print")
sys.stdout.buffer.write("grün\\n".encode()); sys.stdout.buffer.flush()
os.write(1, b"by descriptor\\n")
subprocess.run([sys.executable, "-c", "print('by a child')"])
os.system("echo by a shell")
libc = ctypes.CDLL(None); libc.puts(b"by C"); libc.fflush(None)
print("oh", file=sys.stderr)
run.finish()
print("after")
""")
    assert done.returncode == 0, done.stderr
    expected = "by print\ngrün\nby descriptor\nby a child\nby a shell\nby C\n"
    assert done.stdout == expected + "after\n"
    assert done.stderr == "oh\n"
    assert (printed("stdout"), printed("stderr")) == (expected, "oh\n")


def test_two_streams_of_one_file_keep_their_order() -> None:
    body = """
for n in range(200):
    print(n, file=(sys.stdout, sys.stderr)[n % 2], flush=True)
"""
    with Path("log").open("w") as file:
        script(body, stdout=file, stderr=subprocess.STDOUT)
    expected = "".join(f"{n}\n" for n in range(200))
    assert Path("log").read_text() == expected
    assert printed() == expected


def test_what_was_printed_before_a_kill_is_recorded() -> None:
    done = script("""
print("last words")
os.kill(os.getpid(), signal.SIGKILL)
""")
    assert done.returncode == -9
    assert done.stdout == "last words\n"
    # The reader of both pipes has seen their end by now, which comes after the record.
    assert printed() == "last words\n"


def test_signals_to_the_group_end_the_script_and_not_its_record() -> None:
    done = script(
        """
print("before", flush=True)
os.killpg(0, signal.SIGINT)
""",
        start_new_session=True,
    )
    assert "KeyboardInterrupt" in done.stderr
    assert "KeyboardInterrupt" in printed("stderr")
    assert printed("stdout") == "before\n"


def test_a_process_that_outlives_the_script_goes_on_printing() -> None:
    done = script("""
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1); print('late')"])
print("soon")
""")
    assert done.stdout == "soon\nlate\n"
    assert printed() == "soon\nlate\n"


def test_forked_workers_print_into_the_same_record() -> None:
    done = script("""
def work(n):
    print("worker", n, flush=True)
with multiprocessing.get_context("fork").Pool(2) as pool:
    pool.map(work, range(4))
""")
    assert done.returncode == 0, done.stderr
    said = printed("stdout")  # print() writes piece by piece: those of two workers may stand between each other
    assert (said.count("worker"), sorted(filter(str.isdigit, said))) == (4, ["0", "1", "2", "3"])


def test_workers_without_a_run_die_of_a_signal_at_once() -> None:
    """A handler that is noted just before a wait runs when that is over: a pool would wait for its worker for ever."""
    done = script("""
def handler(n):
    return signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.map(handler, range(4)), signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
""")
    assert done.stdout == "[True, True, True, True] False\n"


def test_a_script_meets_no_child_that_it_did_not_start() -> None:
    done = script("""
try:
    os.wait()
except ChildProcessError:
    print("alone")
""")
    assert done.stdout == "alone\n"


def test_a_reader_that_goes_away_is_told_to_the_script() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", BEGIN + "for n in range(10**9): print(n)", "{}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait() != 0
    assert b"BrokenPipeError" in errors


def test_two_runs_after_each_other_each_have_their_own() -> None:
    script("""
print("first")
run.finish()
print("between")
run = tracklog.init(project="p", id="second", dir="logs", settings=run.settings)
os.system("echo second")
run.finish()
""")
    assert printed() == "first\n"
    second = reader.read_run(Path("logs/p/second"))
    assert [line["text"] for writer in second.writers.values() for line in writer.console] == ["second\n"]


@pytest.mark.parametrize("settings", [{"console": "wrap"}, {"console": "off"}])
def test_descriptors_stay_where_they_are_when_that_is_wished(settings: dict[str, Any]) -> None:
    body = """
print(os.stat("/dev/fd/1").st_ino == int(os.environ["INODE"]))
os.system("echo child")
"""
    with Path("out").open("w") as file:
        script(body, settings, stdout=file, env={**os.environ, "INODE": str(os.fstat(file.fileno()).st_ino)})
    assert Path("out").read_text() in ("True\nchild\n", "child\nTrue\n")
    assert printed() == ("True\n" if settings["console"] == "wrap" else "")


def test_a_terminal_is_left_alone() -> None:
    master, slave = pty.openpty()
    script("print(sys.stdout.isatty(), os.isatty(1))", stdout=slave, stderr=slave)
    os.close(slave)
    assert os.read(master, 1000).decode().split() == ["True", "True"]
    os.close(master)
    assert printed() == "True True\n"
