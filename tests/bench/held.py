"""Watch runs that all go on: ``python held.py LOGS`` builds, lets each grow, and builds again."""

import sys
import tempfile
from pathlib import Path

from site_builder import Builder, Options
from tests.bench.live import adopt, grow


def main(root: Path) -> None:
    """Build with one process, so that all that is held is held here."""
    for folder in root.glob("*/*"):
        adopt(folder)
    with tempfile.TemporaryDirectory(dir=root.parent) as site:
        builder = Builder(Options((root,), Path(site), jobs=1, live=True))
        builder.build()
        for _ in range(3):
            grow(next(root.glob("*/*/history-*.jsonl")))  # the runs share their rows
            builder.build()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
