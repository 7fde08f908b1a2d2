"""The filter grammar, by the cases that its two forms share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tracklog.errors import UsageError
from tracklog.filters import compile_filter, unknown_columns

CASES = json.loads((Path(__file__).parents[2] / "templates/filter_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["filter"] or "empty")
def test_a_filter_means_what_the_page_means_by_it(case: dict[str, Any]) -> None:
    if case.get("error"):
        with pytest.raises(UsageError):
            compile_filter(case["filter"])
    else:
        assert compile_filter(case["filter"])(case["run"]) == case["matches"]


def test_columns_that_no_run_has_are_named() -> None:
    runs = [
        {"name": "a", "summary": {"loss": 1}, "config": {"lr": 1}},
        {"name": "b", "summary": {}, "config": {"n.x": 1}},
    ]
    assert unknown_columns('loss<1 or (lr=1 and wd>2) tag has x summary.los>1 "n.x"=1', runs) == [
        "wd",
        "tag",
        "summary.los",
    ]
    assert unknown_columns("", runs) == []
