"""Classes of everything that can be logged, where scripts look for them: `tracklog.data_types.ImageMask`."""

from __future__ import annotations

from tracklog.media.audio import Audio
from tracklog.media.base import Media
from tracklog.media.boxes import BoundingBoxes2D
from tracklog.media.classes import Classes
from tracklog.media.figure import Bokeh, Plotly
from tracklog.media.histogram import Histogram
from tracklog.media.html import Html
from tracklog.media.image import Image
from tracklog.media.masks import ImageMask
from tracklog.media.molecule import Molecule
from tracklog.media.object3d import Object3D
from tracklog.media.table import Table
from tracklog.media.table_unions import JoinedTable, PartitionedTable
from tracklog.media.video import Video

WBValue = Media
"""What wandb calls the class of everything that can be logged."""

__all__ = [
    "Audio",
    "Bokeh",
    "BoundingBoxes2D",
    "Classes",
    "Histogram",
    "Html",
    "Image",
    "ImageMask",
    "JoinedTable",
    "Media",
    "Molecule",
    "Object3D",
    "PartitionedTable",
    "Plotly",
    "Table",
    "Video",
    "WBValue",
]
