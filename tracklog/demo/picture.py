"""Small charts drawn with Pillow: a plane with points, a line and labelled ticks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tracklog.demo.network import Floats

WIDTH, HEIGHT = 360, 300
LEFT, RIGHT, TOP, BOTTOM = 34, 14, 8, 30
INNER_WIDTH, INNER_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
COARSE = 3
"""Pixels between the points where a background is computed; Pillow fills in the rest."""
PAPER, INK, WRONG = (255, 255, 255), (70, 75, 85), (200, 0, 40)


@dataclass(frozen=True)
class Frame:
    """The part of the plane that a picture shows, and the words at its axes."""

    x: tuple[float, float]
    y: tuple[float, float]
    x_label: str
    y_label: str
    ticks: tuple[tuple[float, ...], tuple[float, ...]] = ((-1, 0, 1), (-1, 0, 1))

    def grid(self) -> Floats:
        """Return the places (n × 2) whose colours `paint` wants, row by row from the top left."""
        across = np.linspace(*self.x, INNER_WIDTH // COARSE)
        down = np.linspace(self.y[1], self.y[0], INNER_HEIGHT // COARSE)
        return np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)

    def paint(self, background: Floats | None = None) -> Image.Image:
        """Return a canvas with axes; ``background`` holds a colour (0 to 255) for each place of `grid`."""
        canvas = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
        if background is not None:
            colours = background.reshape(INNER_HEIGHT // COARSE, INNER_WIDTH // COARSE, 3).astype(np.uint8)
            canvas.paste(Image.fromarray(colours).resize((INNER_WIDTH, INNER_HEIGHT)), (LEFT, TOP))
        self._axes(ImageDraw.Draw(canvas))
        return canvas

    def points(
        self, canvas: Image.Image, places: Floats, colours: Floats, radius: float, ring: NDArray[np.bool_] | None = None
    ) -> None:
        """Draw a disc at every place (n × 2), in one colour or one each; ring those where ``ring`` is true."""
        draw = ImageDraw.Draw(canvas)
        centres = self._pixels(places)
        fills = np.broadcast_to(colours, (len(places), 3)).astype(int).tolist()
        rings = np.zeros(len(places), bool) if ring is None else ring
        for (x, y), fill, ringed in zip(centres, fills, rings, strict=True):
            box = (x - radius, y - radius, x + radius, y + radius)
            draw.ellipse(box, fill=tuple(fill), outline=WRONG if ringed else None, width=2 if ringed else 0)

    def line(self, canvas: Image.Image, places: Floats, colour: tuple[int, int, int]) -> None:
        """Draw a line through the places (n × 2) that are numbers."""
        known = places[np.isfinite(places).all(axis=1)]
        # A diverging fit leaves the picture by far more than Pillow's coordinates can hold.
        known = known.clip([self.x[0], 2 * self.y[0] - self.y[1]], [self.x[1], 2 * self.y[1] - self.y[0]])
        if len(known) > 1:
            ImageDraw.Draw(canvas).line(self._pixels(known), fill=colour, width=3, joint="curve")

    def _pixels(self, places: Floats) -> list[tuple[float, float]]:
        x = LEFT + (places[:, 0] - self.x[0]) / (self.x[1] - self.x[0]) * INNER_WIDTH
        y = TOP + (self.y[1] - places[:, 1]) / (self.y[1] - self.y[0]) * INNER_HEIGHT
        return list(zip(x.tolist(), y.tolist(), strict=True))

    def _axes(self, draw: ImageDraw.ImageDraw) -> None:
        draw.line([(LEFT, TOP), (LEFT, HEIGHT - BOTTOM), (WIDTH - RIGHT, HEIGHT - BOTTOM)], fill=INK)
        for value in self.ticks[0]:
            x = self._pixels(np.array([[value, self.y[0]]]))[0][0]
            draw.line([(x, HEIGHT - BOTTOM), (x, HEIGHT - BOTTOM + 4)], fill=INK)
            draw.text((x, HEIGHT - BOTTOM + 5), f"{value:g}", fill=INK, anchor="ma")
        for value in self.ticks[1]:
            y = self._pixels(np.array([[self.x[0], value]]))[0][1]
            draw.line([(LEFT - 4, y), (LEFT, y)], fill=INK)
            draw.text((LEFT - 7, y), f"{value:g}", fill=INK, anchor="rm")
        draw.text((WIDTH - RIGHT, HEIGHT - 2), self.x_label, fill=INK, anchor="rs")
        draw.text((LEFT + 5, TOP + 2), self.y_label, fill=INK, anchor="la")
