"""Presets: filled by shared rules, found where users put them, written from Altair, copied into the run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import altair as alt
import pytest
from vega_datasets import data

import tracklog
from tracklog.plot import presets

ROWS = [["a", 1.5], ["b", 2.5]]


def cases(checkout: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((checkout / "templates/preset_cases.json").read_text())
    return found


def test_the_cases_that_the_page_is_held_to(checkout: Path) -> None:
    for case in cases(checkout):
        assert presets.fill(case["spec"], case["fields"], case["strings"]) == case["filled"], case["about"]


def test_every_shipped_preset_is_valid_vega_lite(checkout: Path) -> None:
    files = presets.shipped()
    assert {path.name for path in files} == {path.name for path in (checkout / "templates/presets").iterdir()}
    listed = (checkout / "templates/src/viewers/lib/presets.ts").read_text()
    for path in files:
        assert f'presets/{path.name}"' in listed
        preset = json.loads(path.read_text())
        names = set(presets._WHOLE.findall(json.dumps(preset)))
        fields = {name: name for kind, name, _ in names if kind == "field"}
        filled = presets.fill(preset, fields, {"title": "T"})
        alt.Chart.from_dict(filled, validate=True)
        assert "${" not in json.dumps({k: v for k, v in filled.items() if k != "usermeta"})


def test_a_users_preset_travels_with_the_run(tmp_path: Path) -> None:
    root = tmp_path / "logs"
    (tmp_path / "charts").mkdir()
    own = {"mark": "bar", "encoding": {"x": {"field": "${field:x}"}}}
    (tmp_path / "charts" / "mine.vl.json").write_text(json.dumps(own))
    table = tracklog.Table(columns=["x", "y"], data=ROWS)
    with tracklog.init(dir=root, project="p") as run:
        run.log(
            {"k": tracklog.plot_table("mine", table, {"x": "x"}), "deep": {"c": tracklog.plot.bar(table, "x", "y")}}
        )
        run.log({"split": tracklog.plot.bar(table, "x", "y", split_table=True)})
        files = run.dir
    first, second = (json.loads(line) for line in next(root.glob("p/*/history-*.jsonl")).read_text().splitlines())
    assert first["k"]["_type"] == "custom-chart"
    assert first["k_table"]["_type"] == first["deep"]["c_table"]["_type"] == "table-file"
    assert second["Custom Chart Tables/split_table"]["_type"] == "table-file"
    assert json.loads((Path(files) / first["k"]["preset"]["path"]).read_text()) == own
    assert "preset" not in first["deep"]["c"]


def test_presets_named_in_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKLOG_DIR", str(tmp_path / "logs"))
    (tmp_path / "tracklog.yaml").write_text("charts:\n  far/away: elsewhere/x.json\n")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/x.json").write_text('{"mark": "point"}')
    assert presets.find("far/away") == {"mark": "point"}
    assert presets.find("../elsewhere/x") is None
    assert presets.find("wandb/bar/v0") == presets.find("bar")


def test_a_preset_from_altair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKLOG_DIR", str(tmp_path / "logs"))
    chart = (
        alt.Chart(data.cars.url)
        .mark_circle()
        .encode(x="Horsepower:Q", y="Miles_per_Gallon:Q", color="Origin:N")
        .transform_filter("datum.Horsepower > 50")
    )
    path = tracklog.plot.save_preset(chart, "cars/power", fields={"Horsepower": "x", "Miles_per_Gallon": "y"})
    assert path == tmp_path / "charts/cars/power.vl.json"
    saved = json.loads(path.read_text())
    assert saved["encoding"]["x"]["field"] == "${field:x}"
    assert saved["encoding"]["color"]["field"] == "Origin"
    assert saved["transform"] == [{"filter": "datum['${field:x}'] > 50"}]
    assert saved["data"] == {"name": "wandb"}
    assert "datasets" not in saved
    found = presets.find("cars/power")
    assert found == saved
    alt.Chart.from_dict(presets.fill(found, {"x": "a", "y": "b"}, {}), validate=True)
    every = json.loads(tracklog.plot.save_preset(chart, "all").read_text())
    assert every["encoding"]["color"]["field"] == "${field:Origin}"
    with pytest.raises(ValueError, match="a preset's name"):
        tracklog.plot.save_preset(chart, "../out")


def test_charts_show_themselves_in_notebooks() -> None:
    chart = tracklog.plot.bar(tracklog.Table(columns=["x", "y"], data=ROWS), "x", "y", title="T")
    bundle = chart._repr_mimebundle_()
    spec = bundle["application/vnd.vegalite.v6+json"]
    assert spec["title"] == "T"
    assert [row["x"] for row in spec["datasets"]["wandb"]] == ["a", "b"]
    alt.Chart.from_dict(spec, validate=True)
