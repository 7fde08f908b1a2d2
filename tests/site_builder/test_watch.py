"""Watching: what wakes it, what it writes, how it ends."""

from __future__ import annotations

import queue
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from site_builder import Builder, Options, Report, sources, watch
from site_builder.watch import Watch
from tests.site_builder.logs import grow, write_run
from tracklog.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

LOGS, SITE = Path("logs"), Path("site")
ROWS = [{"loss": 1 / (n + 1)} for n in range(10)]
WAIT = 60
"""Seconds after which a test gives up waiting; nothing is measured by it."""


@pytest.fixture(autouse=True)
def _logs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "QUIET", 0.05)
    for n in range(3):
        write_run(LOGS, f"r{n}", ROWS, exit_code=None if n == 0 else 0)


@contextmanager
def watching() -> Iterator[queue.Queue[Report]]:
    """Watch in a thread; gives the reports of builds that wrote something."""
    reports: queue.Queue[Report] = queue.Queue()
    one = Watch(Options((LOGS,), SITE, live=True))
    assert one.first().runs == 3
    thread = threading.Thread(target=one.forever, args=(reports.put,))
    thread.start()
    try:
        yield reports
    finally:
        one.stop()
        thread.join()


def until(reports: queue.Queue[Report], path: str) -> set[str]:
    """Wait for a build that wrote a file; return all that it and those before it wrote."""
    written: set[str] = set()
    while path not in written:
        written |= set(reports.get(timeout=WAIT).written)
    return written


def version() -> dict[str, Any]:
    text = (SITE / "version.js").read_text(encoding="utf-8")
    found: dict[str, Any] = orjson.loads(text.partition("(")[2].rpartition(")")[0])
    return found


def test_what_changed_before_it_listened_is_built_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "POLL", WAIT)
    one = Watch(Options((LOGS,), SITE, live=True))
    one.first()
    grow(LOGS / "p/r0", ROWS[:1])
    reports: queue.Queue[Report] = queue.Queue()
    thread = threading.Thread(target=one.forever, args=(reports.put,))
    thread.start()
    assert "p/runs/r0.html" in reports.get(timeout=WAIT / 2).written
    one.stop()
    thread.join()


def test_a_line_more_leads_to_a_build_of_that_run() -> None:
    with watching() as reports:
        assert version()["live"]
        grow(LOGS / "p/r0", ROWS[:1])
        written = until(reports, "p/runs/r0.html")
        assert not [path for path in written if "r1" in path or "r2" in path]
        grow(LOGS / "p/r0", ROWS[:1])
        until(reports, "p/runs/r0.html")
        write_run(LOGS, "new", ROWS)
        until(reports, "p/runs/new.html")


def test_it_shows_that_it_lives_and_takes_that_back_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "SIGN", 0.0)
    monkeypatch.setattr(watch, "POLL", 0.01)
    with watching():
        first = version()
        while version()["written"] == first["written"]:
            pass
        assert version()["build"] == first["build"]
        assert version()["live"]
    assert not version()["live"]


def test_it_polls_where_there_are_no_events(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    class Deaf:
        def schedule(self, *_: Any, **__: Any) -> None:
            raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr(watch, "Observer", Deaf)
    with watching() as reports:
        grow(LOGS / "p/r0", ROWS[:1])
        until(reports, "p/runs/r0.html")
    assert "no file events" in capfd.readouterr().err


def test_a_build_that_fails_is_said_and_tried_again(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    failing = threading.Event()
    build = Builder.build

    def sometimes(self: Builder, *arguments: Any) -> Report:
        if (SITE / "version.js").exists() and not failing.is_set():
            failing.set()
            raise OSError(28, "No space left on device")
        return build(self, *arguments)

    monkeypatch.setattr(Builder, "build", sometimes)
    monkeypatch.setattr(watch, "POLL", 0.05)
    with watching() as reports:
        grow(LOGS / "p/r0", ROWS[:1])
        until(reports, "p/runs/r0.html")
    assert failing.is_set()
    assert "the site could not be built: [Errno 28] No space left on device" in capfd.readouterr().err


def test_a_root_that_goes_costs_nothing_and_may_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    said: queue.Queue[str] = queue.Queue()
    monkeypatch.setattr(watch, "POLL", 0.05)
    monkeypatch.setattr(watch, "_say", said.put)
    with watching() as reports:
        LOGS.rename("elsewhere")
        assert said.get(timeout=WAIT) == "logs is gone; the site stays as it is until it is back"
        assert (SITE / "p/runs/r2.html").exists()
        Path("elsewhere").rename(LOGS)
        grow(LOGS / "p/r0", ROWS[:1])
        until(reports, "p/runs/r0.html")
        assert said.get(timeout=WAIT) == "logs is back"
        # Another folder in its place is looked at too.
        shutil.copytree(LOGS, "copy")
        LOGS.rename("away")
        Path("copy").rename(LOGS)
        grow(LOGS / "p/r0", ROWS[:1])
        until(reports, "p/runs/r0.html")
    assert (SITE / "p/runs/r2.html").exists()


def test_a_root_that_goes_while_it_is_looked_at_loses_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    builder = Builder(Options((LOGS,), SITE, live=True))
    builder.build()
    find = sources.find

    def late(*arguments: Any) -> Any:
        LOGS.rename("elsewhere")
        return find(*arguments)

    monkeypatch.setattr(sources, "find", late)
    with pytest.raises(UsageError, match="is gone"):
        builder.build()
    assert (SITE / "p/runs/r2.html").exists()


def test_its_threads_end_with_it() -> None:
    before = threading.active_count()
    with watching():
        assert threading.active_count() > before
    assert threading.active_count() == before
