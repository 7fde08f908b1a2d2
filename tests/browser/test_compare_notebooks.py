"""Comparing runs with notebooks: every cell that differs is there, with its lines and outputs, and never as JSON."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import nbformat
import pytest

from tests.browser.conftest import built
from tests.browser.support import CHECKOUT, settle, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.support import Site

SCRIPT = """
import base64, io, pathlib
import nbformat, nbformat.v4 as nb
from PIL import Image
import tracklog as wandb

def picture(colour):
    file = io.BytesIO()
    Image.new("RGB", (160, 90), colour).save(file, "PNG")
    return nb.new_output("display_data", data={"image/png": base64.b64encode(file.getvalue()).decode()})

def printed(text):
    return nb.new_output("stream", text=text)

PLAIN = [nb.new_code_cell(f"step_{n} = load({n})\\nclean(step_{n})") for n in range(12)]
SAME = nb.new_code_cell("describe(step_3)", outputs=[printed("344 rows\\n")])
MOVED = nb.new_code_cell("baseline = majority(species)")
TABLE = "<table onclick='alert(1)'><tr><td>{}</td></tr></table>"

def cells(bins, score, colour, text):
    yield nb.new_markdown_cell(f"# Calibration\\n{text}")
    yield from PLAIN
    yield SAME
    outputs = [printed(f"reading\\nECE {score}\\n"), picture(colour)]
    outputs.append(nb.new_output("display_data", data={"text/html": TABLE.format(score)}))
    yield nb.new_code_cell(f"conf, acc = calibration(logits)\\nplot(conf, acc, bins={bins})", outputs=outputs)

first = [MOVED, *cells(20, 0.0712, "navy", "Of the model."), nb.new_code_cell("del logits")]
second = [*cells(10, 0.0248, "orange", "Of the model, again."), nb.new_code_cell("export(table, 'a.csv')"), MOVED]
for name, all_cells in (("first", first), ("second", second)):
    run = wandb.init(project="books", id=name, name=name, settings={"disable_stats": True})
    code = pathlib.Path(run.dir) / "code"
    code.mkdir(exist_ok=True)
    for number, cell in enumerate(all_cells):
        if cell.cell_type == "code":
            cell.execution_count = number
        cell.id = f"{name}-{number}"
    book = nb.new_notebook(cells=all_cells)
    (code / "analysis.ipynb").write_text(nbformat.writes(book))
    book.metadata["kernel"] = name
    book.cells = [cell for cell in all_cells if cell in PLAIN]
    (code / "untouched.ipynb").write_text(nbformat.writes(book))
    (code / "broken.ipynb").write_text("{}" if name == "first" else "{broken")
    run.finish()
"""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Site:
    home = tmp_path_factory.mktemp("books")
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "TRACKLOG_DIR": str(home / "logs")}
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, env=environment, capture_output=True, cwd=home)
    return built(home)


@pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])
def test_each_cell_that_differs_is_found(browser: Browser, books: Site, single: bool) -> None:
    with window(browser) as page:
        page.goto(books.url("books/compare.html", single=single))
        book = page.locator(".cmp-file[aria-label='analysis.ipynb']")
        page.click(".cmp-tree [title='analysis.ipynb']")
        book.locator(".cmp-cell").first.wait_for()
        names = book.locator("> .cmp-cells > section").evaluate_all("all => all.map(one => one.ariaLabel)")
        assert names == [
            "Cell 2 → 1, Markdown, changed",
            "Cell 16 → 15, changed",
            "Cell 17, deleted, only in A",
            "Cell 16, inserted, only in B",
            "Cell 1 → 17, moved",
        ]
        assert book.locator("header").first.inner_text().split("\n")[:3] == [
            "analysis.ipynb",
            "+3 −3",
            "5 of 18 cells differ",
        ]
        assert "{" not in page.inner_text("#code").replace("{broken", "")
        book.get_by_text("13 equal cells").click()
        assert book.locator("section[aria-label='Cell 5 → 4'] pre").inner_text().startswith("step_2 = load(2)")
        changed = book.locator("section[aria-label='Cell 16 → 15, changed']")
        assert changed.locator(".tx.add").all_inner_texts() == ["plot(conf, acc, bins=10)"]
        changed.get_by_text("Outputs differ").click()
        assert changed.locator(".tx.del").all_inner_texts() == ["plot(conf, acc, bins=20)", "ECE 0.0712"]
        assert changed.get_by_text("HTML output, differs", exact=True).count() == 1
        pictures = changed.locator("img")
        assert [one.evaluate("one => one.decode().then(() => one.naturalWidth)") for one in pictures.all()] == [
            160,
            160,
        ]
        assert page.locator("section[aria-label='broken.ipynb']").get_by_text("A damaged notebook").count() == 1
        settle(page)
        # Run again and saved by another kernel is no difference.
        assert page.locator("[aria-label='untouched.ipynb']").count() == 0


def test_a_link_to_a_line_of_a_cell_shows_it(browser: Browser, books: Site) -> None:
    with window(browser) as page:
        page.goto(books.url("books/compare.html"))
        page.click(".cmp-tree [title='analysis.ipynb']")
        page.get_by_text("Outputs differ").click()
        page.click(".cmp-out td.add button")
        page.wait_for_function("location.hash.includes('.out')")
        page.reload()
        page.wait_for_selector(".cmp-out .at.tx:has-text('ECE 0.0248')")
        page.evaluate("scrollTo(0, 0)")
        page.keyboard.press("n")
        page.wait_for_function("scrollY > 0")
        page.keyboard.press("u")
        page.wait_for_selector(".cmp-cell .diff:not(.two)")


@pytest.fixture(scope="module")
def calibration(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Run the notebook of the examples through a kernel, change a cell and a package, and run it again."""
    home = tmp_path_factory.mktemp("calibration")
    book = nbformat.read(CHECKOUT / "examples/notebook.ipynb", as_version=4)
    for version in ("1.0", "2.0"):
        site = home / version
        package = site / f"weights_of_ours-{version}.dist-info"
        package.mkdir(parents=True)
        (package / "METADATA").write_text(f"Metadata-Version: 2.1\nName: weights-of-ours\nVersion: {version}\n")
        if version == "2.0":
            (setting,) = (cell for cell in book.cells if '"MODEL", "bayes"' in cell.source)
            setting.source = setting.source.replace('"MODEL", "bayes"', '"MODEL", "logistic"')
        nbformat.write(book, home / "analysis.ipynb")
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(CHECKOUT), str(site)]),
            "TRACKLOG_DIR": str(home / "logs"),
            "TRACKLOG_NOTEBOOK_NAME": str(home / "analysis.ipynb"),
            "IPYTHONDIR": str(home / "ipython"),
        }
        command = (
            "import nbformat, nbclient; nbclient.execute(nbformat.read('analysis.ipynb', 4), kernel_name='python3')"
        )
        subprocess.run([sys.executable, "-c", command], check=True, env=environment, capture_output=True, cwd=home)
    return built(home)


@pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])
def test_all_that_differs_between_two_runs_of_the_example(browser: Browser, calibration: Site, single: bool) -> None:
    with window(browser) as page:
        page.goto(calibration.url("calibration/compare.html", single=single))
        page.click(".cmp-tree [title='analysis.ipynb']")
        saved = page.locator(".cmp-file[aria-label='analysis.ipynb']")
        saved.locator(".cmp-cell").first.wait_for()
        assert saved.locator(".tx.add").all_inner_texts() == ['MODEL = os.environ.get("MODEL", "logistic")']
        page.click(".cmp-tree [title='_session_history.ipynb']")
        ran = page.locator(".cmp-file[aria-label='_session_history.ipynb']")
        ran.locator(".cmp-cell").first.wait_for()
        assert ran.locator(".tx.add").first.inner_text() == 'MODEL = os.environ.get("MODEL", "logistic")'
        assert ran.get_by_text("Outputs differ").count() >= 1
        assert page.locator("#config tbody tr").all_inner_texts() == ["model\tbayes\tlogistic"]
        assert page.locator("#packages tbody tr").all_inner_texts() == ["weights-of-ours\t1.0\t2.0"]
