"""`define_metric`: what the summary keeps, which rows get a step metric, and what the site makes of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_builder import Builder, Options
from tests.tracklog.test_log import begin, folded
from tracklog.errors import Error, forget_warnings
from tracklog.store.metrics import Definition, Definitions

if TYPE_CHECKING:
    from pathlib import Path


def rows(run: Any) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if k != "_step"} for row in folded(run)[0]]


def test_the_summary_keeps_what_was_asked_for(tmp_path: Path) -> None:
    with begin(tmp_path) as run:
        run.define_metric("val", summary="min,max")
        run.define_metric("acc", summary="best,last", goal="maximize")
        run.define_metric("best_by_default", summary="best")
        run.define_metric("gone", summary="none")
        run.define_metric("plain", summary="copy")
        run.define_metric("net.loss", summary="mean,first")
        for n in (3, 2, 8, 5):
            run.log({"val": n, "acc": n, "best_by_default": n, "gone": n, "plain": n, "net": {"loss": n}})
        expected = {
            "val": {"min": 2, "max": 8}, "acc": {"best": 8, "last": 5}, "best_by_default": {"best": 2}, "plain": 5,
            "net": {"loss": {"mean": 4.5, "first": 3}},
        }  # fmt: skip
        assert run.summary["val"].min == 2
        assert {key: run._history.last[key] for key in expected} == expected
        assert "gone" not in run.summary
    assert folded(run)[1] == expected


def test_nan_is_left_out_and_texts_change_no_number(tmp_path: Path) -> None:
    with begin(tmp_path) as run:
        run.define_metric("x", summary="min,mean")
        for value in (math.nan, 4.0, "diverged", 2.0, math.inf):
            run.log({"x": value})
    assert folded(run)[1] == {"x": {"min": 2.0, "mean": "Infinity"}}


def test_a_value_set_by_hand_begins_afresh(tmp_path: Path) -> None:
    with begin(tmp_path) as run:
        run.define_metric("x", summary="max")
        run.log({"x": 9})
        run.summary["x"] = "by hand"
        assert run.summary["x"] == "by hand"
        run.log({"x": 4})
        assert run.summary["x"].max == 4
    assert folded(run)[1] == {"x": {"max": 4}}


def test_statistics_go_on_after_a_resume(tmp_path: Path) -> None:
    found = []
    for values in ((5, 1), (3,)):
        with begin(tmp_path, id="r", resume="allow") as run:
            run.define_metric("x", step_metric="epoch", summary="min,mean")
            for value in values:
                run.log({"x": value})
            found.append(run._history.last["x"])
        found.append(folded(run)[1]["x"])
    assert found == [{"min": 1, "mean": 3.0}] * 4


def test_rows_without_their_step_metric_get_its_last_value(tmp_path: Path) -> None:
    with begin(tmp_path) as run:
        run.define_metric("val/*", step_metric="epoch")
        run.log({"val/loss": 1.0})
        run.log({"epoch": 3})
        run.log({"val/loss": 0.5, "note": "text"})
        run.log({"val/loss": 0.4}, commit=False)
        run.log({"epoch": 4})
        run.log({"other": 1})
    assert rows(run) == [
        {"val/loss": 1.0, "epoch": 0},
        {"epoch": 3},
        {"val/loss": 0.5, "note": "text", "epoch": 3},
        {"val/loss": 0.4, "epoch": 4},
        {"other": 1},
    ]


def test_without_step_sync_nothing_is_filled_in(tmp_path: Path) -> None:
    with begin(tmp_path) as run:
        run.define_metric("a", step_metric="epoch", step_sync=False)
        run.log({"epoch": 1})
        run.log({"a": 1})
    assert rows(run) == [{"epoch": 1}, {"a": 1}]


def test_a_nested_step_metric_is_filled_in_nested(tmp_path: Path) -> None:
    with begin(tmp_path) as run:
        run.define_metric("loss", step_metric="clock.epoch")
        run.log({"clock": {"epoch": 2}})
        run.log({"loss": 1.0})
    assert rows(run)[1] == {"loss": 1.0, "clock": {"epoch": 2}}


def test_exact_names_win_over_globs_and_long_globs_over_short_ones() -> None:
    found = Definitions()
    for name, x in (("*", "a"), ("val/*", "b"), ("val/acc", "c"), ("x\\.y", "d"), ("net.loss", "e")):
        found.add(Definition(name, step_metric=x))
    paths = {"loss": "a", "val/loss": "b", "val/acc": "c", "x\\.y": "d", "net.loss": "e", "a": None, "_hidden": None}
    assert {path: found.x_of(path) for path in paths} == paths


def test_definitions_add_up_unless_one_overwrites(tmp_path: Path) -> None:
    with begin(tmp_path) as run:
        run.define_metric("x", summary="min", hidden=True)
        both = run.define_metric("x", goal="max")
        assert (both.summary, both.hidden, both.goal) == (("min",), True, "maximize")
        alone = run.define_metric("x", step_metric=run.define_metric("epoch"), overwrite=True)
        assert (alone.summary, alone.hidden, alone.step_metric, alone.step_sync) == (None, None, "epoch", True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"name": ""}, "not empty"), ({"name": "a*b"}, r"only \*"), ({"name": 3}, "a str, not int"),
        ({"name": "a", "summary": "median"}, "'median' does not exist"), ({"name": "a", "goal": "up"}, "minimize"),
        ({"name": "a", "hidden": 1}, "a bool, not int"), ({"name": "a", "step_metric": "b*"}, r"without \*"),
        ({"name": "a", "overwrite": "yes"}, "a bool, not str"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(arguments: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    with begin(tmp_path) as run, pytest.raises(Error, match=sentence):
        run.define_metric(**arguments)


NUMBERS = st.lists(st.one_of(st.integers(-50, 50), st.floats(allow_infinity=False, width=32)), max_size=12)


@given(values=NUMBERS)
def test_the_summary_of_a_read_run_is_that_of_the_live_one(values: list[float], tmp_path_factory: Any) -> None:
    forget_warnings()
    with begin(tmp_path_factory.mktemp("root")) as run:
        run.define_metric("*", summary="min,max,first,last")
        for value in values:
            run.log({"x": value})
    finite = [value for value in values if not math.isnan(value)]
    kept = {"min": min(finite), "max": max(finite), "first": finite[0], "last": finite[-1]} if finite else None
    assert folded(run)[1] == run._history.last
    if kept:
        assert run._history.last["x"] == kept


def test_charts_stand_on_the_defined_axis_and_hidden_ones_are_left_out(tmp_path: Path) -> None:
    with begin(tmp_path / "logs") as run:
        run.define_metric("secret", hidden=True)
        run.define_metric("val/*", step_metric="epoch", goal="maximize")
        run.log({"val/x": 1.0, "epoch": 1, "secret": 3})
    builder = Builder(Options(roots=(tmp_path / "logs",), site=tmp_path / "site"))
    builder.build()
    text = "".join(path.read_text() for path in (tmp_path / "site" / "data").rglob("*.js")).replace("\\", "")
    assert (
        '"key":"val/x","kind":"number","stream":"history","runs":1,"hidden":false,"x":"epoch","goal":"maximize"' in text
    )
    assert '"key":"secret","kind":"number","stream":"history","runs":1,"hidden":true' in text


def test_runs_are_compared_by_last_values_whatever_their_summaries_keep(tmp_path: Path) -> None:
    for name, kept in (("a", None), ("b", "max")):
        with begin(tmp_path / "logs", id=name) as run:
            run.define_metric("acc", summary=kept)
            for value in (0.9, 0.5):
                run.log({"acc": value})
    Builder(Options(roots=(tmp_path / "logs",), site=tmp_path / "site")).build()
    text = "".join(path.read_text() for path in (tmp_path / "site" / "data").rglob("*.js")).replace("\\", "")
    assert '"key":"acc","rows":null,"values":[0.5,0.5]' in text
    assert '"key":"acc.max"' in text
