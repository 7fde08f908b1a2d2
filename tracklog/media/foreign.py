"""Objects of other libraries that are media as they are: one line for each library."""

from __future__ import annotations

from functools import reduce
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracklog.media.base import Media

_MAKERS = {
    "PIL": "image.Image",
    "altair": "figure.Altair",
    "bokeh": "figure.Bokeh",
    "matplotlib": "figure.Plotly.make_plot_media",
    "pandas": "table.Table.from_frame",
    "plotly": "figure.Plotly",
    "rdkit": "molecule.Molecule.from_rdkit",
    "polars": "table.Table.from_frame",
}
"""Library, and what makes media of its objects."""


def as_media(value: object) -> Media | None:
    """Return the media that an object of a known library stands for; None for anything else.

    Raises ValueError and TypeError as the class of the media does.
    """
    libraries = [value.__name__] if isinstance(value, ModuleType) else [kind.__module__ for kind in type(value).__mro__]
    for library in libraries:
        maker = _MAKERS.get(library.partition(".")[0])
        if maker is not None:
            module, *names = maker.split(".")
            make: Any = reduce(getattr, names, import_module(f"tracklog.media.{module}"))
            made: Media | None = make(value)
            return made
    return None
