"""The head of a run and its files of blocks: what of its tracks is finished and what is not, numbered and gathered."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from site_builder import series
from site_builder.model import Axis, Level, Series
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from site_builder.model import Logs, Stream
    from site_builder.reading import Told
    from tracklog.store.metrics import Definitions


@dataclass(slots=True)
class _Part:
    stream: Stream
    rank: str
    hidden: bool
    laid: list[series.Laid]


@dataclass(slots=True)
class Content:
    """Packs what is open of a run's series, and tells what the head says of them."""

    metrics: Definitions
    blocks: series.Blocks = field(default_factory=series.Blocks)
    _parts: list[_Part] = field(default_factory=list)

    def add(self, told: Told) -> Logs:
        """Pack all series and the console; return what is told of that, with provisional block numbers."""
        for part in told.history:
            known = self.blocks.adopt(part.track.shelf)
            self._parts.append(_Part("history", part.label, part.hidden, part.track.laid(self.blocks, known)))
        for track in told.system:
            self._parts.append(_Part("system", "", False, track.laid(self.blocks, self.blocks.adopt(track.shelf))))
        return told.console.laid(self.blocks)

    def coarsest(self, numbers: series.BlockNumbers) -> dict[int, list[NDArray[np.float64]]]:
        """Return the columns of coarsest levels by the final numbers of their blocks; each is one block."""
        return {numbers[block]: columns for block, columns in self.blocks.coarsest.items()}

    def axes(self, numbers: series.BlockNumbers) -> tuple[Axis, ...]:
        """Return all axes."""
        laid = (laid for part in self._parts for laid in part.laid)
        return tuple(Axis(one.size, _numbered(one.levels, numbers), one.monotonic) for one in laid)

    def series(self, numbers: series.BlockNumbers) -> tuple[Series, ...]:
        """Return all series, those of each track in the order first logged."""
        found: list[Series] = []
        axis = 0
        for part in self._parts:
            mine: list[tuple[int, Series]] = []
            for laid in part.laid:
                for member, levels, facts in laid.members:
                    made = Series(
                        key=member.key,
                        kind=member.kind,
                        stream=part.stream,
                        rank=part.rank,
                        axis=axis,
                        size=laid.size,
                        levels=_numbered(levels, numbers),
                        **self._defined(member.key, part),
                        **(facts or series.NONE),
                    )
                    mine.append((member.ordinal, made))
                axis += 1
            found += [one for _, one in sorted(mine, key=lambda item: item[0])]
        return tuple(_over_metrics(found))

    def _defined(self, key: str, part: _Part) -> dict[str, Any]:
        """Return what the script said of a metric."""
        found = self.metrics.of(key) if part.stream == "history" else None
        if found is None:
            return {"hidden": part.hidden, "x": "", "goal": ""}
        return {
            "hidden": part.hidden or bool(found.hidden),
            "x": self.metrics.x_of(key) or "",
            "goal": found.goal or "",
        }


def _numbered(levels: Iterable[Level], numbers: series.BlockNumbers) -> tuple[Level, ...]:
    return tuple(Level(one.size, tuple(map(numbers.__getitem__, one.blocks)), one.starts, one.whole) for one in levels)


def _over_metrics(found: list[Series]) -> list[Series]:
    r"""Name the metrics that others are drawn over as the site does: a script may say `a.b` of what is `a\.b`."""
    if not any(one.x for one in found):
        return found
    there = {layout.plain_path(s.key): s.key for s in found if s.stream == "history" and s.kind == "number"}
    return [dataclasses.replace(one, x=there.get(layout.plain_path(one.x), "")) if one.x else one for one in found]
