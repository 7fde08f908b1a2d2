"""What `log` keeps, against a simple model of it."""

from __future__ import annotations

import datetime as dt
import enum
import json
import math
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tracklog
from tracklog import beginning
from tracklog.errors import forget_warnings
from tracklog.settings import resolve
from tracklog.store import fold, layout, reader

if TYPE_CHECKING:
    from collections.abc import Iterator

QUIET = {"disable_stats": True, "disable_meta": True, "disable_git": True, "console": "off", "quiet": True}


def begin(root: Path, **more: Any) -> Any:
    return tracklog.init(project="p", dir=root, settings=QUIET, **more)


def folded(run: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the rows without clocks, and the summary, as read back."""
    log = reader.read_run(Path(run.sync_dir))
    found = fold.sessions(log)
    history = fold.history(log, found)
    rows = [row for track in history.tracks for row in track.rows]
    return [{k: v for k, v in row.items() if k not in ("_runtime", "_timestamp")} for row in rows], fold.summary(
        log, found, history
    )


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Any]:
    with begin(tmp_path) as started:
        yield started


class Model:
    """The rows of a run as the reference describes `log`: an open row that is flushed when its step is over."""

    def __init__(self) -> None:
        self.step, self.front = 0, 0
        self.rows: list[dict[str, Any]] = []

    def log(self, data: dict[str, Any], step: int | None, commit: bool | None) -> None:
        if step is not None:
            if step < self.step:
                self.behind(data, step)
                return
            self.step = step
        if data:
            self.put(self.step, data)
        if commit is True or (commit is None and step is None):
            self.step += 1

    def put(self, step: int, data: dict[str, Any]) -> None:
        """Merge into the last row, or into the one in front, where the step is theirs; else begin one."""
        place = next((row for row in self.rows[-1:] + self.rows[self.front :][:1] if row["_step"] == step), None)
        if place is None:
            self.rows.append(place := {"_step": step})
            if step >= self.rows[self.front]["_step"]:
                self.front = len(self.rows) - 1
        place.update(fold.merged(place, data))
        if place is not self.rows[-1]:
            # A row stands where its last piece came.
            self.rows.append(self.rows.pop(self.front))
            self.front = len(self.rows) - 1

    def behind(self, data: dict[str, Any], step: int) -> None:
        if data:
            self.put(step, data)


KEYS = st.sampled_from(["loss", "a/b", "n", ""])
VALUES = st.one_of(
    st.floats(-1e6, 1e6),
    st.integers(-5, 5),
    st.booleans(),
    st.text(max_size=3).filter(lambda text: text not in layout.NON_FINITE),  # those are guarded, which others test
    st.dictionaries(KEYS, st.integers(0, 9), max_size=2),
)
CALLS = st.lists(
    st.tuples(
        st.dictionaries(KEYS, VALUES, max_size=3),
        st.one_of(st.none(), st.integers(0, 12)),
        st.sampled_from([None, True, False]),
    ),
    max_size=12,
)


@given(calls=CALLS)
def test_any_calls_read_back_as_the_model_says(calls: list[Any], tmp_path_factory: Any) -> None:
    forget_warnings()
    model, run = Model(), begin(tmp_path_factory.mktemp("root"))
    for data, step, commit in calls:
        before = json.dumps(data)
        run.log(data, step=step, commit=commit)
        model.log(data, step, commit)
        assert json.dumps(data) == before
        assert run.step == model.step
    run.finish()
    rows, summary = folded(run)
    assert rows == model.rows
    last: dict[str, Any] = {}
    for row in model.rows:
        last = fold.merged(last, {k: v for k, v in row.items() if k != "_step"})
    assert summary == last
    # In the process a row counts from its commit on: a later piece of it cannot take back what a plain value replaced.
    kinds = {(key, isinstance(value, dict)) for data, *_ in calls for key, value in data.items()}
    if len({key for key, _ in kinds}) == len(kinds):
        assert run._history.last == last


def _nobody(run: Any) -> None:
    del run


def _nowhere(*given: Any) -> Any:
    raise AssertionError(given)


@given(first=CALLS, second=CALLS)
def test_two_sessions_at_once_join_by_step(first: list[Any], second: list[Any], tmp_path_factory: Any) -> None:
    forget_warnings()
    root = tmp_path_factory.mktemp("root")
    settings = [resolve({"project": "p", "id": "shared", "dir": root, "resume": "allow"}, QUIET, {}) for _ in range(2)]
    # Past init(), which gives a process one run of an id only.
    runs = [beginning.begin(one, _nobody, _nowhere, allow_val_change=False, sweep=None) for one in settings]
    models = [Model(), Model()]
    for prefix, calls, one, model in (("x", first, runs[0], models[0]), ("y", second, runs[1], models[1])):
        for data, step, commit in calls:
            if step is not None and step < model.step:
                continue  # rows at steps behind stand by themselves
            named = {prefix + key: value for key, value in data.items()}
            one.log(named, step=step, commit=commit)
            model.log(named, step, commit)
    for one in runs:
        one.finish()
    expected: dict[int, dict[str, Any]] = {}
    for model in models:
        for row in model.rows:
            expected[row["_step"]] = {**expected.get(row["_step"], {}), **row}
    rows, _ = folded(runs[0])
    assert sorted(rows, key=lambda row: row["_step"]) == [expected[step] for step in sorted(expected)]


def test_the_reference_example(run: Any) -> None:
    run.log({"n": 1})
    run.log({"n": 11}, commit=False)
    run.log({"n": 2}, step=100)
    run.log({"n": 3}, step=100)
    run.log({"n": 8}, step=101)
    run.log({"n": 5}, step=102)
    run.log({"cool": 1}, step=2)
    run.finish()
    rows, _ = folded(run)
    assert [(row["_step"], row["n"]) for row in rows if "n" in row] == [(0, 1), (1, 11), (100, 3), (101, 8), (102, 5)]
    assert [row["_step"] for row in rows if "cool" in row] == [2]


def test_log_without_arguments_commits_the_open_row(run: Any) -> None:
    run.log({"a": 1}, commit=False)
    run.log()
    run.log({"a": 2})
    run.finish()
    assert folded(run)[0] == [{"_step": 0, "a": 1}, {"_step": 1, "a": 2}]


def test_a_row_at_a_lower_step_is_kept_with_one_warning(run: Any, capfd: pytest.CaptureFixture[str]) -> None:
    run.log({"a": 1}, step=5)
    run.log({"a": 2}, step=4)
    run.log({"a": 2}, step=3)
    run.finish()
    assert folded(run)[0] == [{"_step": 5, "a": 1}, {"_step": 4, "a": 2}, {"_step": 3, "a": 2}]
    assert capfd.readouterr().err.count("log(step=4) lies behind the current step 5: the row is kept at step 4") == 1


def test_what_comes_from_behind_leaves_the_open_row_open(run: Any) -> None:
    run.log({"a": 1}, step=5)
    run.log({"trial": 7}, step=2)
    run.log({"b": 2}, step=5)
    run.finish()
    rows, summary = folded(run)
    assert rows == [{"_step": 2, "trial": 7}, {"_step": 5, "a": 1, "b": 2}]
    assert summary == {"a": 1, "b": 2, "trial": 7}


def test_a_step_that_is_no_integer_is_rounded(run: Any) -> None:
    run.log({"a": 1}, step=np.float64(2.6))
    run.finish()
    assert folded(run)[0] == [{"_step": 3, "a": 1}]


@pytest.mark.parametrize("data", [[1], "text", 5])
def test_what_is_no_mapping_is_refused(run: Any, data: Any) -> None:
    with pytest.raises(TypeError, match="takes a dictionary"):
        run.log(data)


def test_keys_that_are_no_strings_are_refused(run: Any) -> None:
    with pytest.raises(TypeError, match="string keys, not int: 3"):
        run.log({3: 1})


class Colour(enum.IntEnum):
    RED = 1


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (float("nan"), "NaN"),
        (-math.inf, "-Infinity"),
        ("NaN", {"_type": "string", "value": "NaN"}),
        (2**70, str(2**70)),
        (np.float32(0.1), float(np.float32(0.1))),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array([[5.0]]), 5.0),
        (np.array([1.0, np.nan]), [1.0, "NaN"]),
        (np.arange(3), [0, 1, 2]),
        (b"bytes", "bytes"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (Colour.RED, "RED"),
        ({1}, [1]),
        (OrderedDict(a=1), {"a": 1}),
        (None, None),
        (len, "len"),
        ("\ud800", "?"),
        ([1, "a", None], [1, "a", None]),
    ],
)
def test_values_are_kept_as_the_reference_says(run: Any, value: Any, stored: Any) -> None:
    run.log({"v": value})
    run.finish()
    assert folded(run)[0] == [{"_step": 0, "v": stored}]


def test_arrays_of_more_than_32_values_become_histograms(run: Any) -> None:
    run.log({"v": np.arange(100.0)})
    run.finish()
    record = folded(run)[0][0]["v"]
    assert record["_type"] == "histogram"
    assert len(record["counts"]) == 32
    assert sum(record["counts"]) == 100


def test_a_kind_that_is_not_known_is_kept_as_text_with_one_warning(run: Any, capfd: pytest.CaptureFixture[str]) -> None:
    class Thing:
        def __str__(self) -> str:
            return "a thing"

    run.log({"v": Thing()})
    run.log({"v": Thing()})
    run.finish()
    assert [row["v"] for row in folded(run)[0]] == ["a thing", "a thing"]
    assert capfd.readouterr().err.count("is kept as text") == 1


@pytest.mark.parametrize("key", ["__proto__", "", "x" * 100_000, "_step", "a.b", "ключ"])
def test_odd_keys_are_keys_like_others(run: Any, key: str) -> None:
    run.log({key: 1.5, "other": 1})
    run.finish()
    row = folded(run)[0][0]
    assert row["other"] == 1
    assert row.get(key) == (0 if key == "_step" else 1.5)


def test_threads_lose_no_row(run: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: run.log({"n": n}), range(2000)))
    run.finish()
    rows, _ = folded(run)
    assert sorted(row["n"] for row in rows) == list(range(2000))
    assert [row["_step"] for row in rows] == list(range(2000))
