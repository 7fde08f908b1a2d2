"""Values that fail when they are looked at: one of them costs neither its row nor the training."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import altair as alt
import matplotlib as mpl
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
import torch
from matplotlib.figure import Figure
from PIL import Image as PILImage

import tracklog
from tests.tracklog.test_log import begin, folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LATIN = os.fsdecode(b"caf\xe9.png")
"""What a file name in another encoding becomes."""
mpl.use("Agg")


class Mute:
    def __repr__(self) -> str:
        raise RuntimeError("no words")


class Proxy:
    def __getattr__(self, name: str) -> Any:
        raise KeyError(name)

    def __str__(self) -> str:
        return "a proxy"


def bad_mathtext() -> Figure:
    figure = Figure()
    figure.subplots().set_title("loss $_{x$")
    return figure


def table_in_itself() -> tracklog.Table:
    table = tracklog.Table(columns=["a"], allow_mixed_types=True)
    table.add_data(table)
    return table


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Any]:
    with begin(tmp_path) as started:
        yield started


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (bad_mathtext, "ParseSyntaxException"),
        (lambda: alt.Chart(pd.DataFrame()), "SchemaValidationError"),
        (Mute, "RuntimeError: no words"),
        (table_in_itself, "RecursionError"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_rest_of_the_row_is_kept(
    run: Any, make: Callable[[], Any], says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    run.log({"loss": 1.0, "odd": make()})
    run.log({"loss": 2.0, "nested": {"odd": make(), "even": 2}})
    run.summary["odd"] = make()
    run.finish()
    rows, summary = folded(run)
    assert [row["loss"] for row in rows] == [1.0, 2.0]
    assert rows[1]["nested"]["even"] == 2
    for kept in (rows[0]["odd"], rows[1]["nested"]["odd"], summary["odd"]):
        assert "could not be kept: " in kept
        assert says in kept
    assert capfd.readouterr().err.count("could not be kept") == 1


@pytest.mark.filterwarnings("ignore:torch.quantize")
@pytest.mark.parametrize(
    ("make", "stored"),
    [
        (lambda: torch.empty(3, device="meta"), "tensor(..., device='meta', size=(3,))"),
        (lambda: torch.quantize_per_tensor(torch.tensor([1.0, 2.0]), 1.0, 0, torch.qint8), [1.0, 2.0]),
        (lambda: tracklog.Image, "tracklog.media.image.Image"),
        (Proxy, "a proxy"),
    ],
)
def test_odd_tensors_and_classes(run: Any, make: Callable[[], Any], stored: Any) -> None:
    run.log({"loss": 1.0, "odd": make()})
    run.summary["odd"] = make()
    run.finish()
    rows, summary = folded(run)
    assert rows == [{"_step": 0, "loss": 1.0, "odd": stored}]
    assert summary["odd"] == stored


def test_texts_that_utf8_cannot_carry(run: Any) -> None:
    grey = np.zeros((4, 4))
    data = {
        "image": tracklog.Image(grey, caption=LATIN, masks={LATIN: {"mask_data": grey.astype(int)}}),
        "sound": tracklog.Audio(np.zeros(10), sample_rate=10, caption=LATIN),
        "html": tracklog.Html(LATIN),
        "table": tracklog.Table(columns=[LATIN], data=[[LATIN]]),
        "chart": tracklog.plot.scatter(tracklog.Table(columns=["x", "y"], data=[[1, 2]]), "x", "y", title=LATIN),
        "plotly": go.Figure(layout={"title": {"text": LATIN}}),
        "altair": alt.Chart({"values": [{"x": LATIN}]}).mark_bar().encode(x="x:N"),
        "cloud": tracklog.Object3D(
            {
                "type": "lidar/beta",
                "points": np.zeros((2, 3)),
                "boxes": [
                    tracklog.box3d(
                        center=(0, 0, 0), size=(1, 1, 1), orientation=(1, 0, 0, 0), color=(1, 2, 3), label=LATIN
                    )
                ],
            }
        ),
        "loss": 1.0,
    }
    run.log(data)
    run.finish()
    row = folded(run)[0][0]
    assert row["loss"] == 1.0
    assert row["image"]["caption"] == row["sound"]["caption"] == "caf?.png"
    assert not [key for key, value in row.items() if isinstance(value, str)]


def test_a_step_of_more_than_64_bits_is_refused_and_changes_nothing(run: Any) -> None:
    with pytest.raises(ValueError, match="64 bits"):
        run.log({"a": 1}, step=2**70)
    run.log({"a": 2})
    run.finish()
    assert folded(run)[0] == [{"_step": 0, "a": 2}]


def test_lists_of_foreign_media_are_lists_of_media(run: Any) -> None:
    pictures = [PILImage.new("L", (4, 4), shade) for shade in (0, 255)]
    run.log(
        {
            "pictures": pictures,
            "gap": [tracklog.Image(pictures[0]), None],
            "figures": [go.Figure(), go.Figure()],
            "mixed": [tracklog.Image(pictures[0]), 3],
            "histograms": [tracklog.Histogram([1, 2]), tracklog.Histogram([3])],
        }
    )
    run.finish()
    row = folded(run)[0][0]
    assert (row["pictures"]["_type"], row["pictures"]["count"]) == ("images", 2)
    assert (row["gap"]["_type"], row["gap"]["count"]) == ("images", 1)
    assert (row["figures"]["_type"], row["figures"]["count"]) == ("plotly", 2)
    assert (row["mixed"][0]["_type"], row["mixed"][1]) == ("image-file", 3)
    assert [one["_type"] for one in row["histograms"]] == ["histogram", "histogram"]
