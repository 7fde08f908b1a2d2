"""A site grown in any number of builds is the site of one build, byte for byte."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from site_builder import Builder, Options, console
from site_builder.series import levels, members, parts, track
from tests.site_builder.logs import CLOCK
from tracklog.store import fold, numeric
from tracklog.store.ranks import Ranks
from tracklog.store.straight import NotStraightError, Straight

SMALL = {
    (track, "BLOCK_ROWS"): 16,
    (members, "BLOCK_ROWS"): 16,
    (members, "BLOCK_BUCKETS"): 8,
    (levels, "BLOCK_BUCKETS"): 8,
    (levels, "MOST"): 8,
    (members, "OPEN_ROWS"): 4,
    (members, "OPEN_BUCKETS"): 4,
    (parts, "FILE_BYTES"): 400,
    (parts, "JSON_BYTES"): 60,
    (console, "IDLE"): 4,
    (numeric, "_WORTH_IT"): 2,
}
"""Sizes at which a few rows do what a million do in earnest."""


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    for (module, name), value in SMALL.items():
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr("site_builder.manifest.secrets.token_hex", lambda _: "0" * 12)


class Log:
    """A run's files, written line by line."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "p" / "r"
        self.folder.mkdir(parents=True)
        record = {"format": 1, "id": "r", "project": "p", "name": "r", "created": "2026-09-21T12:53:20+00:00"}
        (self.folder / "run.json").write_bytes(orjson.dumps(record))
        (self.folder / "files").mkdir()
        for n in range(2):
            (self.folder / f"files/{n}.html").write_text(f"<p>{n}</p>")
        self.steps: dict[str, int] = {}
        self.lines: dict[str, int] = {}
        self.time = itertools.count(1)

    def append(self, into: str, writer: str, **line: Any) -> None:
        with (self.folder / f"{into}-{writer}.jsonl").open("ab") as file:
            file.write(orjson.dumps(line) + b"\n")

    def session(self, writer: str, after: list[str], **more: Any) -> None:
        self.steps[writer] = more.get("start_step", 0) - 1
        self.lines[writer] = 0
        event = {"event": "session", "row": 0, "_timestamp": CLOCK + next(self.time), "after": after, **more}
        self.append("events", writer, **event, **fold.this_place())

    def event(self, writer: str, **event: Any) -> None:
        self.append("events", writer, **event, row=self.lines[writer], _timestamp=CLOCK + next(self.time))

    def row(self, writer: str, further: int, values: dict[str, Any], back: float = 0) -> None:
        self.steps[writer] += further
        self.lines[writer] += 1
        now = CLOCK + next(self.time) - back
        clocks = {"_step": self.steps[writer], "_runtime": now - CLOCK, "_timestamp": now}
        self.append("history", writer, **clocks, **values)


NUMBER = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([0.5, 0.1, 1e300, -0.0, 2**53 + 1, "NaN", "Infinity", "-Infinity"]),
    st.floats(allow_nan=False, allow_infinity=False),
)
VALUE = st.one_of(
    NUMBER,
    NUMBER,
    st.booleans(),
    st.sampled_from(
        ["text", "a longer text" * 3, None, [1, 2], {}, {"inner": 1}, {"inner": 2, "other": {"deep": True}}]
    ),
    st.just({"_type": "histogram", "values": [1, 2], "bins": [0, 1, 2]}),
)
ROW = st.one_of(
    st.fixed_dictionaries({"loss": NUMBER, "acc": NUMBER, "lr": NUMBER}),
    st.fixed_dictionaries({"loss": NUMBER, "acc": NUMBER}),
    st.dictionaries(st.sampled_from(["loss", "acc", "val", "a.b", "a"]), VALUE, max_size=4),
)
FINITE = st.one_of(
    st.integers(-3, 3), st.sampled_from([-0.0, 2**53 + 1]), st.floats(allow_nan=False, allow_infinity=False)
)
NUMBERS = st.fixed_dictionaries({"loss": FINITE}, optional={"acc": FINITE, "val": FINITE})
PRINTED = st.sampled_from(["line\n", "\r 10%", "\r100%\n", "\x1b[2A\x1b[Kup\n", "\n", "warning: x\n", "no end"])


def rows(writer: str, further: st.SearchStrategy[int], values: Any, most: int = 40) -> st.SearchStrategy[list[Any]]:
    one = st.tuples(st.just("row"), st.just(writer), further, values, st.sampled_from([0, 0, 0, 5]))
    return st.lists(one, max_size=most)


def beside(writer: str) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.tuples(st.just("console"), st.just(writer), st.sampled_from(["stdout", "stderr"]), PRINTED),
        st.tuples(st.just("system"), st.just(writer), st.integers(0, 9)),
        st.tuples(st.just("summary"), st.just(writer), st.sampled_from([["loss"], ["best"], ["a", "inner"]]), NUMBER),
        st.tuples(
            st.just("metric"), st.just(writer), st.sampled_from(["loss", "acc"]), st.sampled_from(["min", "max"])
        ),
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Any]:
    """Return what happens to a run, builds among it."""
    further = draw(st.sampled_from([st.just(1), st.integers(0, 2), st.integers(0, 2), st.integers(-2, 3)]))
    values = draw(st.sampled_from([ROW, NUMBERS]))
    happens: list[Any] = [("session", "a", [], 0), *draw(rows("a", further, values, 60))]
    second = draw(st.sampled_from(["", "", "behind", "over", "beside"]))
    if second:
        last = max((sum(h[2] for h in happens[: n + 1] if h[0] == "row") for n in range(len(happens))), default=0)
        start = {"behind": last + 1, "over": max(0, last - 5), "beside": 0}[second]
        happens += [("session", "b", [] if second == "beside" else ["a"], start), *draw(rows("b", further, values))]
    writers = ["a", "b"] if second else ["a"]
    for one in draw(st.lists(st.one_of([beside(writer) for writer in writers]), max_size=25)):
        first = next(n for n, h in enumerate(happens) if h[0] == "session" and (len(one) < 2 or h[1] == one[1]))
        happens.insert(draw(st.integers(first + 1, len(happens))), one)
    for place in draw(st.lists(st.integers(1, len(happens)), max_size=6)):
        happens.insert(place, ("build",))
    return happens


@st.composite
def several(draw: st.DrawFn) -> list[Any]:
    """Return what happens to a run of two or three processes that log at once, builds among it; others may go on with it."""
    count = draw(st.integers(2, 3))
    ranks: list[int | None] = draw(st.sampled_from([[None, None, None], [2, 0, 1], [0, 1, None], [0, 1, 2]]))
    happens = draw(at_once(["a", "b", "c"][:count], ranks, [], 0))
    again = draw(st.sampled_from([0, 0, 1, 2]))
    if again:
        last = {writer: sum(h[2] for h in happens if h[:2] == ("row", writer)) - 1 for writer in "abc"}
        start = max(*last.values(), -1) + draw(st.sampled_from([1, 1, 1, 1, 3, 0]))
        after = draw(st.sampled_from([["a", "b", "c"], ["a", "b", "c"], ["a"]]))
        happens += draw(at_once(["d", "e"][:again], ranks, after, max(0, start)))
    return happens


@st.composite
def at_once(draw: st.DrawFn, writers: list[str], ranks: list[int | None], after: list[str], start: int) -> list[Any]:
    """Return what happens while several processes log at once."""
    number = st.one_of(st.integers(-3, 3), st.sampled_from([0.5, "NaN", 1e300]))
    further = st.sampled_from([1, 1, 1, 1, 0, 2, 5])
    page = st.sampled_from(["0.html", "1.html", "gone.html"]).map(lambda path: {"_type": "html-file", "path": path})
    late = draw(st.sampled_from([writers[len(writers) :], writers[2:], writers[1:]]))
    happens: list[Any] = []
    lives: list[list[Any]] = []
    for writer, rank in zip(writers, ranks, strict=False):
        alone = draw(st.sampled_from([[], [f"of_{rank}"], ["of_all", f"of_{writer}"], ["val"], ["page"]]))
        both = draw(st.sampled_from([["loss", "acc"], ["loss"], ["loss", "acc"], [], ["deep", "loss"]]))
        deep = st.fixed_dictionaries({}, optional={"x": number, "y": number})
        one = st.fixed_dictionaries(
            {key: deep if key == "deep" else number for key in both},
            optional={key: page if key == "page" else number for key in alone}
            | {"now": st.sampled_from(["text", 1, True])},
        )
        life: list[Any] = [
            ("row", writer, draw(further) if n else 1, draw(one), 0) for n in range(draw(st.integers(0, 45)))
        ]
        if draw(st.integers(0, 5)) == 5:
            life.append(("row", writer, 1, draw(ROW), 0))
        for more in draw(st.lists(beside(writer), max_size=5)):
            life.insert(draw(st.integers(0, len(life))), more)
        if draw(st.booleans()):
            life.append(("finish", writer))
            life += [("row", writer, draw(further), draw(one), 0) for _ in range(draw(st.sampled_from([0, 0, 0, 2])))]
        session: Any = ("session", writer, after, start, rank)
        if writer in late:
            life.insert(0, session)
        else:
            happens.append(session)
        lives.append(life)
    while lives:
        n = draw(st.integers(0, len(lives) - 1))
        count = draw(st.integers(1, 25))
        happens += lives[n][:count]
        del lives[n][:count]
        if draw(st.integers(0, 3)) == 3:
            happens.append(("build",))
        lives = [one for one in lives if one]
    return happens


def happen(log: Log, one: Any) -> None:
    what, *rest = one
    if what == "session":
        writer, after, start, *rank = rest
        log.session(writer, after, start_step=start, rank=rank[0] if rank else None)
    elif what == "row":
        log.row(*rest)
    elif what == "console":
        writer, stream, text = rest
        log.append("console", writer, _timestamp=CLOCK + next(log.time), stream=stream, text=text)
    elif what == "system":
        log.append("system", rest[0], _timestamp=CLOCK + next(log.time), _runtime=1.0, cpu=rest[1])
    elif what == "summary":
        log.event(rest[0], event="summary", path=rest[1], value=rest[2])
    elif what == "finish":
        log.event(rest[0], event="finish", exit_code=0)
    elif what == "metric":
        log.event(rest[0], event="metric", name=rest[1], summary=[rest[2]])


def files(site: Path) -> dict[str, bytes]:
    """Return all that a site shows; version.js counts builds, and the manifest is not shown."""
    return {
        str(path.relative_to(site)): path.read_bytes()
        for path in site.rglob("*")
        if path.is_file() and path.name not in ("version.js", "manifest.json", "lock") and "assets" not in path.parts
    }


FALLING: list[Any] = [("session", "a", [], 0), *[("row", "a", 1, {"loss": n}, 0) for n in range(40)], ("build",)]
FALLING += [("row", "a", -9, {"loss": 1}, 0), ("build",), ("row", "a", 1, {"acc": 1.5}, 0)]
LATE: list[Any] = [("session", "a", [], 0), *[("row", "a", 1, {"loss": n / 7}, 0) for n in range(70)], ("build",)]
LATE += [("row", "a", 0, {"late": 1}, 0), ("build",), ("row", "a", 1, {"loss": "text", "late": 2}, 0), ("build",)]
PARTED: list[Any] = [
    ("session", "a", [], 0),
    *[("row", "a", 1, {"loss": n, "acc": n}, 0) for n in range(20)],
    ("build",),
]
PARTED += [("row", "a", 1, {"loss": 1}, 0), ("build",), ("row", "a", 1, {"loss": 2}, 0)]


SET: list[Any] = [("session", "a", [], 0), ("row", "a", 1, {"loss": 0}, 0), ("session", "b", ["a"], 2), ("build",)]
SET += [("row", "a", 0, {"acc": 1}, 0), ("summary", "b", ["loss"], 7)]


BELOW: list[Any] = [("session", "a", [], 0), ("row", "a", 1, {}, 0), ("row", "a", 1, {"loss": 1}, 0)]
BELOW += [("session", "b", ["a"], 2), ("row", "b", 0, {}, 0), ("build",), ("row", "b", 1, {"loss": 2}, 0)]
UNDER: list[Any] = [("session", "a", [], 0), *[("row", "a", n % 3, {"loss": n}, 0) for n in range(9)]]
UNDER += [("session", "b", ["a"], 1), *[("row", "b", n, {"loss": n}, 0) for n in (0, 0, 1)]]
UNLIKE: list[Any] = [("session", "a", [], 0)]
UNLIKE += [("row", "a", n % 2, {"loss": n} if n % 3 else {"val": n, "loss": -n}, 0) for n in range(40)]


@given(histories())
@example(SET)
@example(BELOW)
@example(UNDER)
@example(UNLIKE)
@example(FALLING)
@example(LATE)
@example(PARTED)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_split_into_builds_gives_the_same_site(happens: list[Any]) -> None:
    same_however_built(happens)


@given(several())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_split_of_what_several_log_at_once_gives_the_same_site(happens: list[Any]) -> None:
    same_however_built(happens)


def same_however_built(happens: list[Any]) -> None:
    """Make sure that builds among what happens give what one build gives, and what folding all rows at once does."""
    with tempfile.TemporaryDirectory() as home:
        root, grown, once = Path(home, "logs"), Path(home, "grown"), Path(home, "once")
        log = Log(root)
        builder = Builder(Options((root,), grown, live=True))
        for one in happens:
            if one[0] == "build":
                builder.build()
            else:
                happen(log, one)
        builder.build()
        Builder(Options((root,), once, live=True)).build()
        assert files(grown) == files(once)
        shutil.rmtree(once)
        Builder(Options((root,), once)).build()
        assert files(grown) == files(once)
        shutil.rmtree(once)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Straight, "follow", not_straight)
            patch.setattr(Ranks, "follow", not_straight)
            Builder(Options((root,), once)).build()
        assert files(grown) == files(once)


def not_straight(*_: Any) -> Any:
    raise NotStraightError
