"""The filter grammar, by the cases that its two forms share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tracklog.errors import UsageError
from tracklog.filters import compile_filter

CASES = json.loads((Path(__file__).parents[2] / "templates/filter_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["filter"] or "empty")
def test_a_filter_means_what_the_page_means_by_it(case: dict[str, Any]) -> None:
    if case.get("error"):
        with pytest.raises(UsageError):
            compile_filter(case["filter"])
    else:
        assert compile_filter(case["filter"])(case["run"]) == case["matches"]
