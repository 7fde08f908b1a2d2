"""Every kind of value that can be logged, at several steps and in two runs: python examples/everything.py [LOGS]

Each function returns what one section of the site shows at a step. Pictures come with scikit-learn.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from sklearn.datasets import load_sample_image

import tracklog

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS = (0, 10, 20)


def images(step: int, seed: int) -> dict[str, Any]:
    """Crops of photographs."""
    photo = load_sample_image("china.jpg" if seed == 0 else "flower.jpg")
    return {"images/crop": tracklog.Image(photo[step * 4 : step * 4 + 240, :320], caption=f"from row {step * 4}")}


SECTIONS: tuple[Callable[[int, int], dict[str, Any]], ...] = (images,)


def main(folder: str | None = None) -> None:
    """Log two runs of all sections."""
    for seed, name in enumerate(("first", "second")):
        with tracklog.init(project="everything", name=name, dir=folder, config={"seed": seed}) as run:
            for step in STEPS:
                for section in SECTIONS:
                    run.log(section(step, seed), step=step)


if __name__ == "__main__":
    main(*sys.argv[1:])
