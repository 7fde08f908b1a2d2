"""What a cold build is measured against: read every line, write one page with one script of JSON.

With ``json``, as somebody would write it; and with orjson, as far as that goes.
"""

import json
import sys
from pathlib import Path

import orjson


def main(root: Path, target: Path, *, fast: bool) -> None:
    """Write the page."""
    with target.open("wb") as page:
        page.write(b"<!doctype html><script>runs = {")
        for file in sorted(root.glob("*/*/history-*.jsonl")):
            with file.open("rb") as lines:
                rows = [orjson.loads(line) if fast else json.loads(line) for line in lines]
            text = orjson.dumps(rows) if fast else json.dumps(rows).encode()
            page.write(orjson.dumps(file.parent.name) + b":" + text + b",")
        page.write(b"}</script>")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), fast="orjson" in sys.argv[3:])
