"""Figures of plotting libraries: Plotly and matplotlib, Altair, Bokeh."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.errors import warn
from tracklog.media.base import Media
from tracklog.store import encoding

if TYPE_CHECKING:
    from tracklog.media.base import MediaDoor
    from tracklog.media.image import Image


class Plotly(Media):
    """A Plotly figure.

    ``val``: a Plotly figure, a dict of one, or a matplotlib figure, axes or `pyplot`. Raises ValueError for matplotlib
    figures that Plotly cannot show as they are; `make_plot_media`, which `log` uses, keeps a picture of those.
    """

    LIST_TYPE = "plotly"

    def __init__(self, val: Any) -> None:
        from tracklog.media.image import figure_of

        drawn = figure_of(val)
        if drawn is None:
            self.figure = _plotly_json(val)
            return
        from tracklog.media.from_matplotlib import converted

        self.figure = _plotly_json(converted(drawn))

    @staticmethod
    def make_plot_media(val: Any) -> Plotly | Image:
        """Return a figure that can be explored, or a picture of it where the conversion would not be faithful."""
        from tracklog.media.from_matplotlib import UnfaithfulError
        from tracklog.media.image import Image

        try:
            return Plotly(val)
        except UnfaithfulError:
            return Image(val)

    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return ``plotly-file`` with path, sha256 and size."""
        return {"_type": "plotly-file", **door.put_bytes("plotly", self.figure, "json")}


class Altair(Media):
    """An Altair chart, or a dict of a Vega-Lite specification; its data travel with it.

    URLs of `vega_datasets` are replaced by their data where that package is installed; other URLs stay, and the page,
    which loads nothing, says so. Raises TypeError for anything else.
    """

    LIST_TYPE = "vega"

    def __init__(self, chart: Any) -> None:
        self.spec = encoding.dumps(inlined(specification(chart)), orjson.OPT_SERIALIZE_NUMPY)

    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return ``vega-file`` with path, sha256 and size."""
        return {"_type": "vega-file", **door.put_bytes("vega", self.spec, "json")}


class Bokeh(Media):
    """A Bokeh figure or layout, shown as a document of its own; the library's script is kept once."""

    LIST_TYPE = "bokeh"

    def __init__(self, data_or_path: Any) -> None:
        from bokeh.embed import components
        from bokeh.resources import INLINE

        script, div = components(data_or_path)
        self.html = f"<body style='margin:0'>{div}{script}</body>"
        self.scripts = [str(text) for text in INLINE.js_raw]

    @classmethod
    def of_html(cls, html: str, scripts: list[str]) -> Bokeh:
        """Return the figure of a document that was made of one before, and the scripts that must run before it."""
        made = cls.__new__(cls)
        made.html, made.scripts = html, scripts
        return made

    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return ``bokeh-file`` with path, sha256, size, and as scripts the files that must run before it."""
        scripts = [door.put_bytes("html", text.encode(), "js.txt") for text in self.scripts]
        return {"_type": "bokeh-file", **door.put_bytes("html", self.html.encode(), "html"), "scripts": scripts}


def specification(chart: Any) -> dict[str, Any]:
    """Return the Vega-Lite specification of an Altair chart or of a dict. Raises TypeError."""
    if isinstance(chart, dict):
        return chart
    if not hasattr(chart, "to_dict"):
        raise TypeError(f"expected an Altair chart or a Vega-Lite specification, got {type(chart).__name__}")
    import altair as alt

    with alt.data_transformers.enable("default", max_rows=None):
        found: dict[str, Any] = chart.to_dict()
    return found


def inlined(spec: Any) -> Any:
    """Return a specification whose URLs of `vega_datasets` are replaced by the data they name."""
    if isinstance(spec, list):
        return [inlined(item) for item in spec]
    if not isinstance(spec, dict):
        return spec
    result = {key: inlined(value) for key, value in spec.items()}
    data = result.get("data")
    if isinstance(data, dict) and isinstance(data.get("url"), str):
        result["data"] = _local(data)
    return result


def _local(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data of a URL, if it is one of vega_datasets' and that package has it."""
    name, _, extension = data["url"].rpartition("/")[2].partition(".")
    try:
        from vega_datasets import local_data

        raw = getattr(local_data, name.replace("-", "_")).raw()
    except (ImportError, AttributeError, ValueError, OSError):
        warn("vega-url", f"the data at {data['url'][:200]} stay outside of the chart; the page will not load them")
        return data
    rest = {key: value for key, value in data.items() if key != "url"}
    form = {"type": extension} | rest.pop("format", {})
    if extension == "json":
        return {**rest, "values": orjson.loads(raw), "format": form}
    return {**rest, "values": raw.decode("utf-8", "replace"), "format": form}


def _plotly_json(figure: Any) -> bytes:
    if hasattr(figure, "to_json"):
        try:
            return str(figure.to_json()).encode()
        except (TypeError, UnicodeEncodeError):  # texts that UTF-8 cannot carry
            return encoding.dumps(json.loads(figure.to_json(engine="json")))
    if isinstance(figure, dict) and "data" in figure:
        return encoding.dumps(figure, orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    raise ValueError(f"Plotly takes a figure of Plotly or matplotlib, not {type(figure).__name__}; try Image")
