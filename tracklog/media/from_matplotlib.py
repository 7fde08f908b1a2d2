"""Matplotlib figures as Plotly figures, where what comes out shows the same data.

Plotly's own converter makes the figure. It leaves out what it does not know and guesses at the rest, so that the result
is compared with matplotlib's artists: every line, point and bar has to be there with its data, and nothing else may be
in the figure that a reader would miss.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


MOST = 100_000
"""Points of a figure that can be explored; a picture of more says as much, and costs a page less."""
_MARKUP = re.compile(r"</?[a-zA-Z]|&#?\w+;")


class UnfaithfulError(ValueError):
    """Plotly would not show this figure as matplotlib does."""


def converted(figure: Any) -> Any:
    """Return a Plotly figure with all that a matplotlib figure shows.

    Raises `UnfaithfulError` for images, artists that Plotly lacks, projections, and where Plotly is not installed.
    """
    try:
        from plotly.tools import mpl_to_plotly
    except ImportError as error:
        raise UnfaithfulError("plotly is not installed (pip install tracklog[figures])") from error
    _refuse_unknown(figure)
    if sum(len(x) for axes in figure.axes for x, _ in _data(axes)) > MOST:
        raise UnfaithfulError(f"more than {MOST:,} points")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it leaves out is found by comparison
        try:
            made = mpl_to_plotly(figure)
        except Exception as error:  # the converter fails in many ways on what it was not written for
            raise UnfaithfulError(f"Plotly's converter failed: {type(error).__name__}: {error}") from error
    _compare(figure, made)
    _finish(figure, made)
    return made


def _refuse_unknown(figure: Any) -> None:
    """Raise for anything visible that is neither line, points, bars, nor a part of axes, or says more than plain text."""
    from matplotlib.axis import Axis
    from matplotlib.collections import PathCollection
    from matplotlib.legend import Legend
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle
    from matplotlib.spines import Spine
    from matplotlib.text import Text

    if figure.texts or figure.images or figure.patches or figure.lines or figure.artists or not figure.axes:
        raise UnfaithfulError("the figure holds artists beside its axes, or has none")
    for axes in figure.axes:
        if axes.name != "rectilinear" or {axes.get_xscale(), axes.get_yscale()} - {"linear", "log"}:
            raise UnfaithfulError(f"axes of type {axes.name}, {axes.get_xscale()} × {axes.get_yscale()}")
        own = {axes.patch, axes.title}
        for artist in axes.get_children():
            if artist in own or not artist.get_visible() or isinstance(artist, (Axis, Spine, Line2D, Legend)):
                continue
            if isinstance(artist, Rectangle) and artist.get_transform().contains_branch(axes.transData):
                continue
            if isinstance(artist, PathCollection) and _plain(artist):
                continue
            if isinstance(artist, Text) and not artist.get_text():
                continue
            raise UnfaithfulError(f"a {type(artist).__name__} in the figure")
        _refuse_markup(axes)
    places = [tuple(round(edge, 6) for edge in axes.get_position().bounds) for axes in figure.axes]
    if len(set(places)) < len(places):
        raise UnfaithfulError("axes that lie on each other")


def _refuse_markup(axes: Any) -> None:
    """Raise for formulas, which Plotly shows as they are written, and for what it would take for HTML."""
    from matplotlib.cbook import is_math_text

    legend = axes.get_legend()
    texts = [axes.get_title(), axes.get_xlabel(), axes.get_ylabel()]
    texts += [text.get_text() for text in legend.get_texts()] if legend else []
    texts += [*_words(axes.xaxis).values(), *_words(axes.yaxis).values()]
    for text in map(str, texts):
        if is_math_text(text):
            raise UnfaithfulError(f"a formula: {text[:80]}")
        if _MARKUP.search(text):
            raise UnfaithfulError(f"a text that Plotly takes for HTML: {text[:80]}")


def _plain(points: Any) -> bool:
    """Tell whether points have one size and one colour: others lose theirs."""
    return (
        points.get_array() is None
        and len(points.get_sizes()) <= 1
        and len({tuple(c) for c in points.get_facecolor()}) <= 1
    )


def _compare(figure: Any, made: Any) -> None:
    """Raise unless the traces hold exactly the data of the artists."""
    wanted = sorted((_rounded(data) for axes in figure.axes for data in _data(axes)), key=repr)
    found = sorted((_rounded((trace.x, trace.y)) for trace in made.data), key=repr)
    if wanted != found:
        raise UnfaithfulError("the converted figure does not hold the same data")


def _data(axes: Any) -> Iterator[tuple[Any, Any]]:
    for line in axes.lines:
        if line.get_visible():
            yield line.get_xdata(orig=False), line.get_ydata(orig=False)
    for points in axes.collections:
        offsets = points.get_offsets()
        yield offsets[:, 0], offsets[:, 1]
    bars = [patch for patch in axes.patches if patch.get_visible()]
    for container in axes.containers:
        members = [patch for patch in container.patches if patch in bars] if hasattr(container, "patches") else []
        if not members:
            raise UnfaithfulError("a group of artists that are no bars")
        if len({bar.get_facecolor() for bar in members}) > 1 or any(
            _base(bar, container.orientation) for bar in members
        ):
            raise UnfaithfulError("bars of several colours, or on each other")
        if container.orientation == "horizontal":
            yield [bar.get_width() for bar in members], [bar.get_y() + bar.get_height() / 2 for bar in members]
        else:
            yield [bar.get_x() + bar.get_width() / 2 for bar in members], [bar.get_height() for bar in members]
        bars = [bar for bar in bars if bar not in members]
    if bars:
        raise UnfaithfulError("rectangles that are no bars")


def _base(bar: Any, orientation: str) -> float:
    """Return where a bar begins; the converter lets all begin at zero."""
    return float(bar.get_x() if orientation == "horizontal" else bar.get_y())


def _rounded(data: tuple[Any, Any]) -> tuple[list[float], list[float]]:
    import numpy as np

    try:
        x, y = (np.asarray(np.ma.filled(values, np.nan), np.float64) for values in data)
    except (TypeError, ValueError) as error:
        raise UnfaithfulError("values that are no numbers") from error
    finite = np.isfinite(x) & np.isfinite(y)
    return [float(f"{value:.9g}") for value in x[finite]], [float(f"{value:.9g}") for value in y[finite]]


def _finish(figure: Any, made: Any) -> None:
    """Put right what the converter drops (words at the ticks, names of points) and what a page decides: size and paper."""
    names = [a.get_label() for axes in figure.axes for a in (*axes.lines, *axes.collections) if a.get_visible()]
    drawn = [trace for trace in made.data if trace.type == "scatter"]
    if len(names) == len(drawn):
        for trace, name in zip(drawn, names, strict=True):
            trace.name = None if str(name).startswith("_") else str(name)
            trace.showlegend = trace.name is not None
    for n, axes in enumerate(figure.axes, start=1):
        for side, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
            words = _words(axis)
            if words:
                made.layout[f"{side}axis{n if n > 1 else ''}"].update(
                    tickmode="array", tickvals=list(words), ticktext=list(words.values())
                )
    # Black is what matplotlib writes with; a page may be dark.
    made.update_layout(title={"font": None})
    made.for_each_xaxis(lambda axis: axis.title.update(font=None))
    made.for_each_yaxis(lambda axis: axis.title.update(font=None))
    made.update_layout(autosize=True, width=None, height=None, margin=None, paper_bgcolor=None, plot_bgcolor=None)


def _words(axis: Any) -> dict[float, str]:
    """Return the texts at the ticks of an axis that are no numbers."""
    formatter = type(axis.get_major_formatter()).__name__
    if formatter not in {"StrCategoryFormatter", "FixedFormatter", "FuncFormatter"}:
        return {}
    places = [float(place) for place in axis.get_majorticklocs()]
    return dict(zip(places, axis.get_major_formatter().format_ticks(places), strict=True))
