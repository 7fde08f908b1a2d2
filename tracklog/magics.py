"""``%%tracklog`` and ``%%wandb``: run a cell and show the card of its run; ``%tracklog`` shows it at once.

A notebook that imports tracklog knows where they are; they are loaded when one is used.
"""

from __future__ import annotations

import html
import sys
from typing import Any

from tracklog import ongoing, page
from tracklog.errors import Error

NAMES = ("tracklog", "wandb")
"""The second one is what notebooks call it that were written for wandb."""


def load_ipython_extension(shell: Any) -> None:
    """Register the magics; IPython calls this when one of them is first used."""
    for name in NAMES:
        shell.register_magic_function(magic, "line_cell", name)


def magic(line: str, cell: str | None = None) -> None:
    """Show a run's card: of ``project/id`` when that is given, else of the run that began last; `cell` is run before.

    ``-h`` or ``--height`` with a number of pixels is how high the card may be.
    """
    path, height = _arguments(line)
    if cell is not None:
        from IPython import get_ipython

        get_ipython().run_cell(cell)
    if path:
        page.show(_of_path(path))
    elif ongoing.newest is not None:
        ongoing.newest.display(height)
    else:
        sys.stderr.write("tracklog: there is no run to show; init() begins one\n")


def _arguments(line: str) -> tuple[str, int]:
    words, path, height = line.split(), "", 420
    while words:
        word = words.pop(0)
        if word in ("-h", "--height"):
            height = int(words.pop(0)) if words and words[0].isdigit() else height
        else:
            path = word
    return path, height


def _of_path(path: str) -> str:
    from tracklog.public_api import Api

    try:
        run = Api().run(path)
    except (Error, ValueError) as error:
        return f"<p>{html.escape(str(error))}</p>"
    return run.to_html()
