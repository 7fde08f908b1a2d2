"""From lines to rows, sessions, state, summary."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracklog.store import fold
from tracklog.store.reader import RunLog, WriterLog

HERE = fold.this_place()
ELSEWHERE = {**HERE, "host": "another-machine"}


def log_of(**writers: dict[str, Any]) -> RunLog:
    """Return a run whose writers have `rows`, `events` and session keys as given."""
    made = {}
    for name, given_ in writers.items():
        session = {"event": "session", "_timestamp": 1.0, "row": 0, "after": [], **HERE, **given_.get("session", {})}
        rows = [{"_runtime": 0.0, "_timestamp": 1.0, **row} for row in given_.get("rows", [])]
        made[name] = WriterLog(name, events=[session, *given_.get("events", [])], history=rows)
    return RunLog(folder=None, writers=made)  # type: ignore[arg-type]


def rows_of(log: RunLog) -> dict[str, list[dict[str, Any]]]:
    tracks = fold.history(log, fold.sessions(log)).tracks
    clocks = ("_runtime", "_timestamp")
    return {t.label: [{k: v for k, v in row.items() if k not in clocks} for row in t.rows] for t in tracks}


def test_lines_of_one_step_are_one_row() -> None:
    log = log_of(
        a={"rows": [{"_step": 0, "x": 1, "n": {"a": 1}}, {"_step": 0, "x": 2, "n": {"b": 2}}, {"_step": 3, "x": 3}]}
    )
    assert rows_of(log) == {"": [{"_step": 0, "x": 2, "n": {"a": 1, "b": 2}}, {"_step": 3, "x": 3}]}


def test_media_of_one_step_replace_each_other_whole() -> None:
    one, two = {"_type": "image-file", "path": "a", "caption": "c"}, {"_type": "image-file", "path": "b"}
    log = log_of(a={"rows": [{"_step": 0, "x": one}, {"_step": 0, "x": two}]})
    assert rows_of(log)[""][0]["x"] == two


def test_rows_of_concurrent_writers_join_by_step() -> None:
    log = log_of(a={"rows": [{"_step": 0, "x": 1}, {"_step": 1, "x": 2}]}, b={"rows": [{"_step": 1, "y": 5}]})
    assert rows_of(log) == {"": [{"_step": 0, "x": 1}, {"_step": 1, "x": 2, "y": 5}]}


def test_a_key_that_two_ranks_log_is_a_series_for_each() -> None:
    log = log_of(
        a={"session": {"rank": 0}, "rows": [{"_step": 0, "x": 1, "only": 7}]},
        b={"session": {"rank": 1}, "rows": [{"_step": 0, "x": 2}]},
    )
    assert rows_of(log) == {
        "": [{"_step": 0, "only": 7}],
        "rank 0": [{"_step": 0, "x": 1}],
        "rank 1": [{"_step": 0, "x": 2}],
    }
    assert fold.summary(log, found := fold.sessions(log), fold.history(log, found))["x"] == 1


def test_a_resumed_session_supersedes_what_it_repeats() -> None:
    log = log_of(
        a={"rows": [{"_step": n, "x": n} for n in range(5)], "events": [{"event": "finish", "exit_code": 1}]},
        b={"session": {"after": ["a"], "start_step": 3}, "rows": [{"_step": 3, "x": 30}]},
    )
    found = fold.sessions(log)
    history = fold.history(log, found)
    assert [row["x"] for row in history.tracks[0].rows] == [0, 1, 2, 30]
    assert [(joint.step, joint.superseded) for joint in history.joints] == [(3, 2)]
    assert fold.summary(log, found, history) == {"x": 30}


def test_rows_of_forked_children_are_shown_only_where_nobody_else_logs_the_key() -> None:
    log = log_of(
        a={"rows": [{"_step": 0, "x": 1}]}, child={"session": {"parent": "a"}, "rows": [{"_step": 0, "x": 2, "y": 3}]}
    )
    tracks = fold.history(log, fold.sessions(log)).tracks
    assert [(t.label, t.hidden, sorted(t.rows[0].keys() - {"_step", "_runtime", "_timestamp"})) for t in tracks] == [
        ("", False, ["x"]),
        ("", False, ["y"]),
        ("child processes", True, ["x"]),
    ]


FINISH, FAIL = {"event": "finish", "exit_code": 0}, {"event": "finish", "exit_code": 2}
DEAD = {**HERE, "pid": 2**22 + 1, "started": 1.0}


@pytest.mark.parametrize(
    ("writers", "state"),
    [
        ({}, "crashed"),
        ({"a": {}}, "running"),
        ({"a": {"events": [FINISH]}}, "finished"),
        ({"a": {"events": [FAIL]}}, "failed"),
        ({"a": {"session": DEAD}}, "crashed"),
        ({"a": {"events": [FAIL]}, "b": {"session": {"after": ["a"]}, "events": [FINISH]}}, "finished"),
        ({"a": {"events": [FINISH]}, "b": {"session": {"after": ["a"], **DEAD}}}, "crashed"),
        ({"a": {"events": [FINISH]}, "b": {"events": [FAIL]}}, "failed"),
        ({"a": {"events": [FINISH]}, "c": {"session": {"parent": "a"}}}, "finished"),
    ],
)
def test_the_state_follows_from_the_sessions(writers: dict[str, Any], state: str) -> None:
    assert fold.state(fold.sessions(log_of(**writers)), now=100.0) == state


@pytest.mark.parametrize(("age", "state"), [(60, "running"), (300, "silent"), (3000, "crashed")])
def test_a_run_on_another_machine_is_judged_by_its_last_sign(age: float, state: str) -> None:
    log = log_of(a={"session": {**ELSEWHERE, "_timestamp": 1000.0}})
    assert fold.state(fold.sessions(log), now=1000.0 + age) == state


def test_a_process_id_that_was_given_anew_is_not_taken_for_the_old_process() -> None:
    log = log_of(a={"session": {**HERE, "started": HERE["started"] - 1}})
    assert fold.state(fold.sessions(log), now=1.0) == "crashed"


def test_a_summary_value_that_was_set_holds_until_the_next_row() -> None:
    events = [
        {"event": "summary", "row": 1, "path": ["x"], "value": 9},
        {"event": "summary", "row": 2, "path": ["y"], "value": 8},
    ]
    log = log_of(a={"rows": [{"_step": 0, "x": 1, "y": 1}, {"_step": 1, "x": 2}], "events": events})
    found = fold.sessions(log)
    assert fold.summary(log, found, fold.history(log, found)) == {"x": 2, "y": 8}


VALUES = st.recursive(
    st.one_of(st.integers(-9, 9), st.text(max_size=2)),
    lambda inner: st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3), max_size=8))
def test_the_last_values_are_what_folding_all_rows_gives(rows: list[dict[str, Any]]) -> None:
    expected: dict[str, Any] = {}
    for row in rows:
        expected = fold.merged(expected, row)
    assert fold.last_values(rows) == expected


def test_flat_keys_can_be_told_apart() -> None:
    assert fold.flatten({"a": {"b": 1}, "a.b": 2, "e": {}}) == {"a.b": 1, "a\\.b": 2, "e": {}}


def test_tables_that_charts_are_drawn_from_are_no_values_of_a_run() -> None:
    chart, table = {"_type": "custom-chart"}, {"_type": "table-file"}
    summary = {"pr": chart, "pr_table": table, "roc": chart, "roc_table": 0.5, "own_table": table, "n": 1}
    assert set(fold.shown(summary)) == {"pr", "roc", "roc_table", "own_table", "n"}


PATHS = st.lists(st.sampled_from("ab"), min_size=1, max_size=2)
STORY = st.lists(
    st.one_of(
        st.tuples(st.just("log"), st.dictionaries(st.sampled_from("abc"), VALUES, min_size=1, max_size=2)),
        st.tuples(st.sampled_from(["set", "edit"]), PATHS, st.integers(0, 9)),
        st.tuples(st.sampled_from(["delete", "undo"]), PATHS),
    ),
    max_size=12,
)


def put(tree: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        inner = tree.get(part)
        tree[part] = dict(inner) if isinstance(inner, dict) else {}
        tree = tree[part]
    if value is None:
        tree.pop(path[-1], None)
    else:
        tree[path[-1]] = value


@given(STORY)
def test_the_summary_is_what_was_recorded_or_edited_last(story: list[Any]) -> None:
    """`log`, `set` and `delete` are the run's own; `edit` and `undo` come from outside while it goes on."""
    expected: dict[str, Any] = {}
    rows: list[dict[str, Any]] = []
    own: list[dict[str, Any]] = []
    outside: list[dict[str, Any]] = []
    for now, (kind, *given_) in enumerate(story, 2):
        if kind == "log":
            rows.append({"_step": len(rows), "_timestamp": float(now), **given_[0]})
            expected = fold.merged(expected, given_[0])
            continue
        value = {"value": given_[1]} if len(given_) > 1 else {"delete": True}
        event = {"event": "summary", "_timestamp": float(now), "row": len(rows), "path": given_[0], **value}
        (own if kind in ("set", "delete") else outside).append(event)
        put(expected, given_[0], value.get("value"))
    log = log_of(a={"rows": rows, "events": own})
    log.writers["editor"] = WriterLog("editor", events=[{**event, "row": 0} for event in outside])
    found = fold.sessions(log)
    assert fold.summary(log, found, fold.history(log, found)) == expected


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("ab"), st.integers(0, 9) | st.none()), max_size=12))
def test_the_config_is_what_was_set_or_edited_last(story: list[tuple[bool, str, int | None]]) -> None:
    expected: dict[str, int] = {}
    own: list[dict[str, Any]] = []
    outside: list[dict[str, Any]] = []
    for now, (is_edit, key, value) in enumerate(story, 2):
        change: dict[str, Any] = {"delete": [key]} if value is None else {"set": {key: value}}
        (outside if is_edit else own).append({"event": "config", "_timestamp": float(now), "row": 0, **change})
        if value is None:
            expected.pop(key, None)
        else:
            expected[key] = value
    log = log_of(a={"events": own})
    log.writers["editor"] = WriterLog("editor", events=outside)
    assert fold.config(log, fold.sessions(log)) == expected


def test_a_resumed_session_comes_after_the_edits_before_it() -> None:
    def config(when: float, value: int) -> dict[str, Any]:
        return {"event": "config", "_timestamp": when, "row": 0, "set": {"x": value}}

    log = log_of(
        a={"events": [config(2.0, 1)]},
        b={"session": {"after": ["a"], "_timestamp": 5.0}, "events": [config(6.0, 3)]},
    )
    log.writers["editor"] = WriterLog("editor", events=[config(4.0, 2)])
    assert fold.config(log, fold.sessions(log)) == {"x": 3}
    log.writers["editor"].events.append(config(7.0, 4))
    assert fold.config(log, fold.sessions(log)) == {"x": 4}
