"""Classes of everything that can be logged, where scripts look for them: `tracklog.data_types.ImageMask`."""

from __future__ import annotations

from tracklog.media.boxes import BoundingBoxes2D as BoundingBoxes2D
from tracklog.media.classes import Classes as Classes
from tracklog.media.image import Image as Image
from tracklog.media.masks import ImageMask as ImageMask
