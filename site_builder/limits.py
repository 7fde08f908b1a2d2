"""What GitHub Pages and Git hosts take, and what of a site to leave out where that is too much."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from site_builder import builder, manifest

if TYPE_CHECKING:
    from pathlib import Path

SHOWN = 3


def complaints(site: Path) -> list[str]:
    """Return a sentence for each file, and for a site, that is too large, and one that says what takes the room."""
    record = manifest.load(site)
    found = builder.too_large(site, record.known())
    if not found:
        return []
    sizes = {path: (site / path).stat().st_size for path in record.known() if (site / path).exists()}
    takers = Counter({key.strip("/"): sum(sizes.get(path, 0) for path in one["outputs"])
                      for key, one in (*record.runs.items(), *record.artifacts.items())})  # fmt: skip
    most = ", ".join(f"{key} {size / 1e6:,.0f} MB" for key, size in takers.most_common(SHOWN))
    media = sum(size for path, size in sizes.items() if path.startswith("media/"))
    saved = sum(size for path, size in sizes.items() if path.startswith("data/media/"))
    return [
        *found,
        (
            f"most is taken by {most}; pictures, sound and video {media / 1e6:,.0f} MB, saved files {saved / 1e6:,.0f} MB. "
            "A smaller --max-file leaves saved files out, --filter with a new -o takes fewer runs"
        ),
    ]
