"""The difference of two notebooks: the page pairs and marks the cells that nbdime does."""

from __future__ import annotations

import base64
import importlib.util
import json
import random
import subprocess
from typing import TYPE_CHECKING, Any

import nbdime
import nbformat
import pytest
from nbdime.diffing.notebooks import reset_notebook_differ, set_notebook_diff_targets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAIRS = 200
LINES = (
    "import numpy as np",
    "import pandas as pd",
    "from sklearn.linear_model import LogisticRegression",
    "frame = pd.read_csv('penguins.csv').dropna()",
    "train, test = split(frame, share=0.8, seed={n})",
    "model = LogisticRegression(max_iter={n}00, C=0.{n})",
    "model.fit(train[columns], train['species'])",
    "print('accuracy', model.score(test[columns], test['species']))",
    "run.log({{'epoch': epoch, 'loss': loss / {n}}})",
    "for epoch in range({n}0):",
    "    loss = step(model, batches, rate=1e-{n})",
    "    if epoch % {n} == 0:",
    "plt.hist(frame['body_mass_g'], bins={n}0)",
    "display(frame.groupby('island').mean(numeric_only=True))",
    "",
)
PROSE = (
    "# Penguins of the Palmer archipelago",
    "We drop the {n} rows that lack a measurement, and scale the others.",
    "The confusion is between Adelie and Chinstrap: see the figure of section {n}.",
    "- bill length\n- bill depth\n- flipper length",
    "$$\\hat y = \\sigma(w^T x + b_{n})$$",
)


class Author:
    """Writes notebooks, and what becomes of them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.ids = seed % 3
        """0: ids stay with their cells; 1: each notebook has its own; 2: there are none."""

    def line(self, lines: tuple[str, ...] = LINES) -> str:
        return self.random.choice(lines).format(n=self.random.randint(1, 9))

    def cell(self) -> Any:
        if self.random.random() < 0.25:
            return nbformat.v4.new_markdown_cell("\n".join(self.line(PROSE) for _ in range(self.random.randint(1, 3))))
        source = "\n".join(self.line() for _ in range(self.random.randint(1, 12)))
        outputs = [self.output() for _ in range(self.random.choice((0, 0, 1, 1, 2)))]
        return nbformat.v4.new_code_cell(source, outputs=outputs, execution_count=self.random.randint(1, 99))

    def output(self) -> Any:
        kind = self.random.choice(("print", "result", "picture", "table", "error"))
        value = self.random.random()
        if kind == "print":
            return nbformat.v4.new_output("stream", text=f"epoch {self.random.randint(1, 40)}\nloss {value}\n")
        if kind == "error":
            return nbformat.v4.new_output("error", ename="ValueError", evalue=f"bad rate {value}", traceback=[])
        data = {"text/plain": f"accuracy of {value}"}
        if kind == "picture":
            data |= {"text/plain": "<Figure size 640x480 with 1 Axes>"}
            data |= {"image/png": base64.b64encode(self.random.randbytes(90)).decode()}
        elif kind == "table":
            data |= {"text/html": f"<table><tr><td>{value}</td></tr></table>"}
        return nbformat.v4.new_output("display_data", data=data)

    def edited(self, cell: Any) -> Any:
        cell = nbformat.from_dict(json.loads(json.dumps(cell)))
        lines = cell.source.split("\n")
        for _ in range(self.random.choice((1, 1, 2, 8))):
            at = self.random.randrange(len(lines))
            lines[at : at + self.random.randint(0, 1)] = [self.line()]
        cell.source = "\n".join(lines)
        return self.run_again(cell)

    def run_again(self, cell: Any) -> Any:
        cell = nbformat.from_dict(json.loads(json.dumps(cell)))
        if cell.cell_type == "code":
            cell.execution_count = self.random.randint(1, 99)
            cell.outputs = [self.output() if self.random.random() < 0.4 else one for one in cell.outputs]
        return cell

    def pair(self) -> tuple[Any, Any]:
        before = [self.cell() for _ in range(self.random.randint(1, 25))]
        after = []
        for cell in before:
            chance = self.random.random()
            if chance < 0.08:
                after.append(self.cell())
            if chance < 0.16:
                after.append(self.edited(cell))
            elif chance < 0.3:
                after.append(self.run_again(cell))
            elif chance < 0.92:
                after.append(cell)
        if len(after) > 3 and self.random.random() < 0.3:
            after.insert(self.random.randrange(len(after)), after.pop(self.random.randrange(len(after))))
        return self.notebook(before), self.notebook(after)

    def notebook(self, cells: list[Any]) -> Any:
        cells = [nbformat.from_dict(json.loads(json.dumps(cell))) for cell in cells]
        for cell in cells:
            if self.ids == 1:
                cell.id = f"{self.random.getrandbits(32):08x}"
            elif self.ids == 2:
                del cell["id"]
        minor = 4 if self.ids == 2 else 5
        book = nbformat.from_dict({"nbformat": 4, "nbformat_minor": minor, "metadata": {}, "cells": cells})
        nbformat.validate(book)
        return book


def said_by_nbdime(a: Any, b: Any) -> dict[str, list[int]]:
    """Return places of deleted and changed cells in `a`, of inserted ones in `b`."""
    found: dict[str, list[int]] = {"deleted": [], "inserted": [], "changed": []}
    changes: list[Any] = next((entry.diff for entry in nbdime.diff_notebooks(a, b) if entry.key == "cells"), [])
    shift = 0
    for entry in changes:
        if entry.op == "removerange":
            found["deleted"] += range(entry.key, entry.key + entry.length)
            shift -= entry.length
        elif entry.op == "addrange":
            at = entry.key + shift
            found["inserted"] += range(at, at + len(entry.valuelist))
            shift += len(entry.valuelist)
        elif any(part.key != "id" for part in entry.diff):
            found["changed"].append(entry.key)
    return found


@pytest.fixture
def only_what_people_see() -> Iterator[None]:
    """Leave ids, metadata and execution counts out of nbdime's differences."""
    set_notebook_diff_targets(metadata=False, identifier=False, details=False)
    yield
    reset_notebook_differ()


@pytest.fixture
def paired(checkout: Path, tmp_path: Path) -> Any:
    """Return the page's own pairing of notebooks, run by node."""
    spec = importlib.util.spec_from_file_location("build_hook", checkout / "templates" / "build_hook.py")
    assert spec is not None
    assert spec.loader is not None
    hook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hook)
    node, _ = hook.find_node()
    source = (
        'import { readFileSync } from "node:fs"; import { bookDiff } from "./src/viewers/lib/bookdiff";'
        'const pairs = JSON.parse(readFileSync(0, "utf8"));'
        "console.log(JSON.stringify(pairs.map(([a, b]) => bookDiff(a, b, false))));"
    )
    bundle = (
        'import { build } from "esbuild"; await build({ bundle: true, platform: "node", format: "cjs", outfile:'
        f" {json.dumps(str(tmp_path / 'pairs.cjs'))}, stdin: {{ contents: {json.dumps(source)}, resolveDir: '.' }} }});"
    )
    templates = checkout / "templates"
    subprocess.run([*node, "--input-type=module", "-e", bundle], cwd=templates, check=True)

    def pairs(texts: list[tuple[str, str]]) -> Any:
        run = [*node, str(tmp_path / "pairs.cjs")]
        return json.loads(
            subprocess.run(run, input=json.dumps(texts), text=True, check=True, capture_output=True).stdout
        )

    return pairs


@pytest.mark.usefixtures("only_what_people_see")
def test_the_same_cells_as_nbdime_in_200_pairs(paired: Any) -> None:
    books = [Author(seed).pair() for seed in range(PAIRS)]
    ours = paired([(nbformat.writes(a), nbformat.writes(b)) for a, b in books])
    for seed, ((a, b), cells) in enumerate(zip(books, ours, strict=True)):
        found = {
            # nbdime knows no moves: it has such a cell go and come.
            "deleted": sorted(cell["a"] for cell in cells if cell["how"] in ("deleted", "moved")),
            "inserted": sorted(cell["b"] for cell in cells if cell["how"] in ("inserted", "moved")),
            "changed": sorted(cell["a"] for cell in cells if cell["how"] == "changed"),
        }
        assert found == said_by_nbdime(a, b), f"pair {seed}"
