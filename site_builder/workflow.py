"""The GitHub Actions file that builds a site with the gate on and deploys it to Pages."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PATH = ".github/workflows/tracklog.yml"

_TEXT = """\
# Written by `tracklog publish --workflow`.
name: tracklog
on:
  push:
    paths: {paths}
  workflow_dispatch:
permissions:
  contents: read
  pages: write
  id-token: write
concurrency:
  group: pages
  cancel-in-progress: false
jobs:
  publish:
    runs-on: ubuntu-latest
    environment:
      name: github-pages
      url: ${{{{ steps.deployment.outputs.page_url }}}}
    steps:
      - uses: actions/checkout@v4
        with:
          lfs: true
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install "tracklog[publish]"
      - run: {command}
      - uses: actions/configure-pages@v5
      - uses: actions/upload-pages-artifact@v3
        with:
          path: _site
      - id: deployment
        uses: actions/deploy-pages@v4
"""


def text(roots: Sequence[str]) -> str:
    """Return the file for log folders, relative to the top of the repository."""
    paths = [f"{root}/**" if root != "." else "**" for root in roots]
    command = f"tracklog build {shlex.join(roots)} -o _site --gate"
    return _TEXT.format(paths=json.dumps([*paths, "tracklog.yaml", PATH]), command=json.dumps(command))
