"""What a cold build is measured against: read every line with `json`, write one page with one script."""

import json
import sys
from pathlib import Path


def main(root: Path, target: Path) -> None:
    """Write the page."""
    with target.open("w", encoding="utf-8") as page:
        page.write("<!doctype html><script>runs = {")
        for file in sorted(root.glob("*/*/history-*.jsonl")):
            with file.open(encoding="utf-8") as lines:
                rows = [json.loads(line) for line in lines]
            page.write(f"{json.dumps(file.parent.name)}: {json.dumps(rows)},")
        page.write("}</script>")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
