"""Figures, charts, scenes and tables that hold nothing, too much or nonsense: each card says so, and the page goes on."""

from __future__ import annotations

import io
import json
import struct
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import built
from tests.browser.support import settle, show, window
from tests.browser.test_everything import _until, ink, shades

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from tests.browser.support import Site

LITE = "https://vega.github.io/schema/vega-lite/v6.json"
VEGA = "https://vega.github.io/schema/vega/v6.json"
DOTS = {"mark": "point", "encoding": {"x": {"field": "data", "type": "quantitative"}}}
WIDE = {
    "mark": "point",
    "encoding": {"x": {"field": "a", "type": "quantitative"}},
    "data": {"values": [{"a": 1}, {"a": 9}]},
}

# A specification, and what its card says.
GENERATED: dict[str, tuple[dict[str, Any], str]] = {
    "sequence": ({"data": {"sequence": {"start": 0, "stop": 1e8}}, **DOTS}, "100,000,000 generated rows"),
    "signal": (
        {"$schema": VEGA, "signals": [{"name": "n", "update": "1e4 * 1e5"}]}
        | {"data": [{"name": "s", "transform": [{"type": "sequence", "start": 0, "stop": {"signal": "n"}}]}]},
        "1,000,000,000 generated rows",
    ),
    "several": (
        {"$schema": VEGA}
        | {"data": [{"name": f"s{n}", "transform": [{"type": "sequence", "start": 0, "stop": 4e5}]} for n in range(3)]},
        "1,200,000 generated rows",
    ),
    "expression": (
        {**WIDE, "transform": [{"calculate": "sequence(1e9)", "as": "b"}, {"flatten": ["b"]}]},
        "1,000,000,000 generated rows",
    ),
    "impute": (
        {**WIDE, "transform": [{"impute": "b", "key": "a", "keyvals": {"start": 0, "stop": 10, "step": 1e-8}}]},
        "1,000,000,000 generated rows",
    ),
    "density": ({**WIDE, "transform": [{"density": "a", "steps": 1e9}]}, "1,000,000,000 steps of a curve"),
    "graticule": (
        {
            "data": {"graticule": {"stepMinor": [1e-6, 1e-6]}},
            "mark": "geoshape",
            "projection": {"type": "orthographic"},
        },
        "points of a graticule",
    ),
    "bins": (
        {**WIDE, "encoding": {"x": {"field": "a", "bin": {"step": 1e-9}}, "y": {"aggregate": "count"}}, "mark": "bar"},
        "8,000,000,001 bins",
    ),
    "endless": (
        {**WIDE, "encoding": {"x": {"field": "a", "bin": {"base": 0.5}}, "y": {"aggregate": "count"}}, "mark": "bar"},
        "bins of base 0.5",
    ),
    "ticks": (
        {**WIDE, "encoding": {"x": {"field": "a", "type": "quantitative", "axis": {"tickCount": 1e9}}}},
        "1,000,000,000 ticks",
    ),
    "nothing": ({}, "this specification has no mark"),
    "types": ({"mark": 7, "encoding": [1, 2], "layer": "x"}, "of another type than a chart has there"),
}
# A signal that is within bounds is none of this.
FINE = {
    "$schema": VEGA,
    "width": 200,
    "height": 100,
    "signals": [{"name": "n", "update": "10 * 10"}],
    "data": [{"name": "s", "transform": [{"type": "sequence", "start": 0, "stop": {"signal": "n"}}]}],
    "scales": [{"name": "x", "domain": {"data": "s", "field": "data"}, "range": "width"}],
    "marks": [
        {
            "type": "rect",
            "from": {"data": "s"},
            "encode": {
                "update": {
                    "x": {"scale": "x", "field": "data"},
                    "width": {"value": 1},
                    "y": {"value": 9},
                    "y2": {"value": 90},
                }
            },
        }
    ],
}
# A table, the preset and its columns, and what the card says; "" where something is to be seen.
CHARTS: dict[str, tuple[list[str], list[list[Any]], str, dict[str, str], str]] = {
    "empty": (["x", "y"], [], "wandb/line/v0", {"x": "x", "y": "y"}, "the table has no rows"),
    "nulls": (
        ["x", "y"],
        [[1, None], [2, None]],
        "wandb/line/v0",
        {"x": "x", "y": "y"},
        "the column y holds no numbers",
    ),
    "nan": (
        ["x", "y"],
        [[1.0, float("nan")]],
        "wandb/scatter/v0",
        {"x": "x", "y": "y"},
        "the column y holds no numbers",
    ),
    "texts": (["g"], [["a"], ["b"]], "wandb/histogram/v0", {"value": "g"}, "the column g holds no numbers"),
    "unmapped": (["x", "y"], [[1, 2]], "wandb/line/v0", {}, "no column is chosen for x, y"),
    "matrix": (
        ["Actual", "Predicted", "nPredictions"],
        [],
        "wandb/confusion_matrix/v1",
        {"Actual": "Actual", "Predicted": "Predicted", "nPredictions": "nPredictions"},
        "the table has no rows",
    ),
    "gaps": (["x", "y"], [[1, None], [2, 5.0], [3, 7.0]], "wandb/line/v0", {"x": "x", "y": "y"}, ""),
}
ATOM = "ATOM      1  N   ALA A   1    {:>8}{:>8}{:>8}  1.00  0.00           N\n"
OBJECTS: dict[str, tuple[str, bytes, str]] = {
    "nan": ("obj", b"v nan nan nan\nv 0 1 0\nv 1 0 0\nf 1 2 3\n", "its coordinates are no numbers"),
    "some": ("obj", b"v nan 0 0\nv 0 1 0\nv 1 0 0\nv 0 0 1\nf 1 2 3\nf 2 3 4\n", "1 part without a place left out"),
    "vertex": ("obj", b"v 1 1 1\n", "1 vertex without triangles"),
    "stl": ("stl", b"\0" * 80 + struct.pack("<I", 4_000_000_000) + b"\0" * 50, "this stl file is damaged"),
    "glb": ("glb", b"glTF" + struct.pack("<II", 2, 9999) + b"\0" * 20, "this glb file is damaged"),
    "points": ("pts.json", b'{"a": 1}', "is damaged: it holds neither points nor boxes nor vectors"),
}
MOLECULES: dict[str, tuple[str, str, str]] = {
    "nan": ("pdb", ATOM.format("nan", "nan", "nan") * 3, "3 of 3 atoms in this pdb file have no coordinates"),
    "gro": ("gro", "garbage <b> 1 2 3\n" * 5, "5 of 5 atoms in this gro file have no coordinates"),
    "mmtf": ("mmtf", "garbage\x00 1 2 3\n" * 5, "this mmtf file is damaged"),
}


def preset(logs: Path, name: str, spec: dict[str, Any]) -> str:
    """Write a preset of a user's; return its name."""
    folder = logs.parent / "charts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.vl.json").write_text(json.dumps(spec))
    return name


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Log them all and build the site."""
    import altair as alt
    import numpy as np
    import plotly.express as px

    import tracklog

    home = tmp_path_factory.mktemp("hostile")
    logs = home / "logs"
    run = tracklog.init(
        project="p", id="r", dir=logs, settings={"console": "off", "disable_stats": True, "disable_git": True}
    )
    table = tracklog.Table(columns=["a"], data=[[1], [2]])
    for name, (spec, _) in GENERATED.items():
        run.log({f"generated/{name}": tracklog.plot_table(preset(logs, name, spec), table, {})})
    run.log({"generated/fine": tracklog.plot_table(preset(logs, "fine", FINE), table, {})})
    run.log({"altair": alt.Chart(alt.sequence(0, 10**8)).mark_point().encode(x="data:Q")})
    run.log({"tiles": px.scatter_map(lat=[45.0], lon=[-73.0])})
    run.log({"globe": px.scatter_geo(lat=[45.0], lon=[-73.0])})
    for name, (columns, rows, preset_name, fields, _) in CHARTS.items():
        own = tracklog.Table(columns=columns, data=rows, allow_mixed_types=True)
        run.log({f"charts/{name}": tracklog.plot_table(preset_name, own, fields)})
    for name, (extension, data, _) in OBJECTS.items():
        file = home / f"{name}.{extension}"
        file.write_bytes(data)
        run.log({f"objects/{name}": tracklog.Object3D(str(file))})
    run.log({"objects/far": tracklog.Object3D(np.vstack([np.eye(3), np.full((2, 3), 1e300)]))})
    for name, (kind, text, _) in MOLECULES.items():
        run.log({f"molecules/{name}": tracklog.Molecule(io.StringIO(text), file_type=kind)})
    counts, edges = np.array([1, 5, 2]), np.array([0.5, 1.0, 1.5, 2.0])
    cells = [[tracklog.Histogram(np_histogram=(counts, edges))], [tracklog.Histogram(np_histogram=(counts, edges))]]
    run.log({"tables/cells": tracklog.Table(columns=["h"], data=cells)})
    run.log({"tables/none": tracklog.Table(columns=[], data=[])})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tracklog.Table, "MAX_ROWS", 3)
        run.log({"tables/cut": tracklog.Table(columns=["a"], data=[[n] for n in range(5)])})
    run.log({"histograms/negative": tracklog.Histogram(np_histogram=([-1, 2], [1, 2, 3]))})
    run.finish()
    return built(home)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with window(browser, viewport={"width": 1280, "height": 900}) as opened:
        yield opened


def card(page: Page, site: Site, key: str) -> Locator:
    """Open the workspace with one panel."""
    show(page, site.url("p/index.html", f"p={key}"))
    found = page.locator(f'figure.card[data-panel^="{key}#"]')
    found.wait_for()
    found.scroll_into_view_if_needed()
    settle(page)
    return found


def test_charts_that_would_fill_the_memory_or_cannot_be_read_say_so(page: Page, hostile: Site) -> None:
    for name, (_, text) in GENERATED.items():
        card(page, hostile, f"generated/{name}").get_by_text(text).wait_for()
    card(page, hostile, "altair").get_by_text(
        "this chart asks for 100,000,000 generated rows; a page draws 1,000,000"
    ).wait_for()


def test_charts_within_bounds_are_drawn(page: Page, hostile: Site) -> None:
    fine = card(page, hostile, "generated/fine")
    canvas = fine.locator("canvas").first
    canvas.wait_for()
    _until(lambda: ink(canvas) > 1, page)
    assert not fine.get_by_text("asks for").count()


def test_maps_of_tiles_say_why_they_are_not_drawn(page: Page, hostile: Site) -> None:
    tiles = card(page, hostile, "tiles")
    tiles.get_by_text("needs tiles from the network").wait_for()
    tiles.get_by_text("scatter_geo and choropleth draw offline").wait_for()
    card(page, hostile, "globe").locator(".geo path").first.wait_for(state="attached")


def test_charts_of_nothing_say_what_is_missing(page: Page, hostile: Site) -> None:
    for name, (*_, text) in CHARTS.items():
        chart = card(page, hostile, f"charts/{name}")
        chart.locator("canvas").first.wait_for()
        if text:
            chart.get_by_text(f"Nothing to draw: {text}").wait_for()
        else:
            assert not chart.get_by_text("Nothing to draw").count()


def test_scenes_of_nothing_say_so(page: Page, hostile: Site) -> None:
    for name, (_, _, text) in OBJECTS.items():
        card(page, hostile, f"objects/{name}").get_by_text(text).wait_for()
    vertex = card(page, hostile, "objects/vertex").locator(".stage")
    _until(lambda: shades(vertex) > 1, page)
    far = card(page, hostile, "objects/far")
    far.get_by_text("2 points farther than 1e+18 from the origin left out").wait_for()
    far.get_by_text("3 of 5 points").wait_for()


def test_molecules_of_nothing_say_so(page: Page, hostile: Site) -> None:
    for name, (_, _, text) in MOLECULES.items():
        molecule = card(page, hostile, f"molecules/{name}")
        molecule.get_by_text(text).first.wait_for()
        assert "undefined" not in molecule.inner_text()


def test_histograms_in_cells_are_bars_and_words(page: Page, hostile: Site) -> None:
    table = card(page, hostile, "tables/cells")
    table.get_by_text("3 bins from 0.5 to 2").first.wait_for()
    assert table.locator(".dt-td svg.dist").count() >= 2
    assert "_type" not in table.inner_text()


def test_tables_of_nothing_and_of_too_much_say_so(page: Page, hostile: Site) -> None:
    empty = card(page, hostile, "tables/none")
    empty.get_by_text("This table is empty").wait_for()
    assert not empty.get_by_text("hidden").count()
    card(page, hostile, "tables/cut").get_by_text("3 of 5 rows are in its file").wait_for()


def test_a_histogram_with_negative_counts_is_drawn(page: Page, hostile: Site) -> None:
    """The window complains of anything that a browser does."""
    card(page, hostile, "histograms/negative").locator("canvas").first.wait_for()
    run = hostile.runs("p")[0]
    show(page, hostile.url(f"p/runs/{run}"))
    row = page.locator('tr[data-key="histograms/negative"]')
    row.scroll_into_view_if_needed()
    row.locator("svg.sparkline rect").first.wait_for(state="attached")
