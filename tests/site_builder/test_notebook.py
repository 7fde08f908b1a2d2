"""Notebooks on the page of their run: what is shown of them, and that nothing in them can act or stop a build."""

from __future__ import annotations

import base64
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import v4
from PIL import Image

from site_builder import Options, build, formulas
from site_builder.markdown import Rich
from tests.site_builder.logs import write_run
from tracklog.store.notebook import SessionHistory

LOGS, SITE = Path("logs"), Path("site")
WIDGET = "application/vnd.jupyter.widget-view+json"
EVIL = '<script>alert(1)</script><img src=x onerror=alert(2)>"\' data-nb-media="x'


def png(colour: str = "red") -> str:
    written = io.BytesIO()
    Image.new("RGB", (40, 20), colour).save(written, "PNG")
    return base64.b64encode(written.getvalue()).decode()


def put(name: str, content: object, run: str = "r") -> None:
    folder = LOGS / "p" / run
    if not folder.exists():
        write_run(LOGS, run, [{"loss": 1.0}])
    data = content if isinstance(content, bytes) else json.dumps(content).encode("utf-8", "surrogatepass")
    (folder / "files/code").mkdir(parents=True, exist_ok=True)
    (folder / "files/code" / name).write_bytes(data)


def page(run: str = "r") -> str:
    """Build, and return the tab of the notebooks."""
    build(Options((LOGS,), SITE, jobs=1))
    text = (SITE / f"p/runs/{run}.html").read_text(encoding="utf-8")
    return text[text.index('data-pane="notebook"') : text.index('data-pane="code"')]


def shown(data: dict[str, Any], **more: Any) -> Any:
    return v4.new_output("display_data", data=data, **more)


def code(source: str, *outputs: Any, count: int | None = 1) -> Any:
    return v4.new_code_cell(source, execution_count=count, outputs=list(outputs))


class Text(HTMLParser):
    """Reads a page as a browser does: its text, its tags, what could act."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.tags, self.acting = "", set[str](), list[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.acting += [name for name, _ in attributes if name.startswith("on")]
        self.acting += [str(value) for _, value in attributes if str(value).strip().lower().startswith("javascript:")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_every_output_is_shown_by_its_richest_form() -> None:
    book = v4.new_notebook(
        metadata={"language_info": {"name": "python", "pygments_lexer": "ipython3"}},
        cells=[
            v4.new_markdown_cell(
                "# Title\nEnergy $E < mc^2$, costs $5 and $6\n\n$$\\sum_{i=1}^n i$$\n\n"
                "![drawn](attachment:a.png) ![far](http://x/y.png)",
                attachments={"a.png": {"image/png": png("blue")}},
            ),
            code("x = 1  # one\nprint('é')", v4.new_output("stream", name="stdout", text="5%\r100%\n\x1b[31mred\x1b[0m <tag>")),
            code("df", v4.new_output("execute_result", {"text/html": "<td>1</td>", "text/plain": "   a\n0  1"}, execution_count=1)),
            code("plot", shown({"image/png": png(), "text/plain": "<Figure>"})),
            code("svg", shown({"image/svg+xml": "<svg/>"}), shown({"application/javascript": "alert('</script>')"})),
            code("tex", shown({"text/latex": "$\\frac12$", "text/plain": "1/2"}), shown({"text/markdown": "**bold**"})),
            code("w", shown({WIDGET: {"model_id": "a"}, "text/plain": "IntSlider(value=3)"})),
            code("json", shown({"application/json": {"a": [1]}}), shown({"application/vnd.plotly.v1+json": {}})),
            code("1 / 0", v4.new_output("error", ename="E", evalue="v", traceback=["\x1b[0;31mDivision\x1b[0m", "line 2"])),
            v4.new_raw_cell("as it is"),
        ],
    )  # fmt: skip
    nbformat.validate(book)
    put("mine.ipynb", book)
    html = page()
    assert "<h1>Title</h1>" in html or ">Title\n" in html
    assert '<math display="inline"><mrow><mi>E</mi><mo>&lt;</mo>' in html
    assert "costs $5 and $6" in html
    assert "<munderover><mo>∑</mo>" in html
    assert "[picture: far]" in html
    assert '<span class="c1"># one</span>' in html
    assert '<pre>100%\n<span class="ansi-red-fg">red</span> &lt;tag&gt;</pre>' in html
    assert '<span class="nb-count">Out [1]</span><div data-payload="' in html
    assert "<pre>   a\n0  1</pre>" in html
    assert "<mfrac><mn>1</mn><mn>2</mn></mfrac>" in html
    assert "<strong>bold</strong>" in html
    assert '<pre>IntSlider(value=3)</pre><p class="nb-note">Not shown: a widget' in html
    assert "&#34;a&#34;: [" in html
    assert "Not shown: a chart (application/vnd.plotly.v1+json)" in html
    assert '<span class="ansi-red-fg">Division</span>\nline 2' in html
    assert '<pre class="nb-raw">as it is</pre>' in html
    assert html.count("data-payload=") == 3
    pictures = re.findall(r'<img src="\.\./\.\./(media/[^"]*)" alt="([^"]*)" width="40" height="20"', html)
    assert [alt for _, alt in pictures] == ["drawn", "&lt;Figure&gt;"]
    assert all((SITE / place).is_file() for place, _ in pictures)
    assert {"html", "notebook"} <= {path.name.partition(".")[0] for path in (SITE / "assets").iterdir()}


def test_nothing_of_a_notebook_acts_on_the_page() -> None:
    anything = {"text/plain": EVIL}
    cells = [
        v4.new_markdown_cell(f"{EVIL}\n[x](javascript:alert(3)) $\\text{{{EVIL}}}$ ![{EVIL}](attachment:{EVIL})"),
        v4.new_markdown_cell("$\\href{javascript:alert(4)}{x}$"),
        v4.new_raw_cell(EVIL),
        code(EVIL, v4.new_output("stream", text=EVIL), v4.new_output("error", ename=EVIL, evalue=EVIL, traceback=[EVIL])),
        code("x", shown(anything), shown({"text/html": EVIL}), shown({"image/svg+xml": EVIL} | anything)),
        code("z", shown({"text/latex": EVIL})),
        code("y", shown({EVIL: EVIL}), shown({WIDGET: EVIL} | anything), shown({"image/png": EVIL} | anything)),
    ]  # fmt: skip
    put(f"{EVIL.replace('/', '')[:100]}.ipynb", v4.new_notebook(cells=cells))
    found = Text(page())
    assert not found.tags & {"script", "iframe", "object", "svg", "style", "link"}
    assert not found.acting
    assert found.text.count("<script>alert(1)</script>") >= 10
    assert found.text.count('data-nb-media="x') >= 5


def test_a_notebook_of_format_3_is_read() -> None:
    old = {
        "nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "old"},
        "worksheets": [{"metadata": {}, "cells": [
            {"cell_type": "heading", "level": 2, "metadata": {}, "source": "Old"},
            {"cell_type": "code", "language": "python", "collapsed": False, "metadata": {}, "prompt_number": 7, "input": "print(1)",
             "outputs": [{"output_type": "stream", "stream": "stdout", "text": "1\n"},
                         {"output_type": "pyout", "prompt_number": 7, "text": "'x'", "metadata": {}},
                         {"output_type": "pyerr", "ename": "E", "evalue": "v", "traceback": ["Old error"]}]}]}],
    }  # fmt: skip
    put("old.ipynb", old)
    html = page()
    assert "<h2>Old</h2>" in html
    assert "In [7]" in html
    assert "<pre>1\n</pre>" in html
    assert "&#39;x&#39;" in html
    assert "Old error" in html


WHOLE = v4.new_notebook(cells=[code("print('whole')")])
DAMAGED: dict[str, Any] = {
    "empty": b"",
    "cut": json.dumps(WHOLE).encode()[:-40],
    "binary": bytes(range(256)) * 50,
    "list": [],
    "number": 7,
    "no cells": {"nbformat": 4},
    "future": {"nbformat": 99, "cells": []},
    "no format": {"cells": []},
    "deep": b"[" * 100_000,
    "broken 3": {"nbformat": 3, "worksheets": 5},
}


def test_a_damaged_notebook_costs_its_own_view_alone() -> None:
    put("whole.ipynb", WHOLE)
    for name, content in DAMAGED.items():
        put(f"{name}.ipynb", content)
    report = build(Options((LOGS,), SITE, jobs=1))
    html = page()
    assert ">whole<" in html or "whole" in Text(html).text
    for name in DAMAGED:
        assert f'<span class="mono">code/{name}.ipynb</span> is ' in html, name
        assert any(f"code/{name}.ipynb is " in said for said in report.damage), name
    assert html.count("is not shown") == len(DAMAGED)


def test_damage_within_a_notebook_costs_a_cell_or_an_output() -> None:
    outputs = [
        1, {}, {"output_type": "stream"}, {"output_type": "display_data", "data": []}, {"output_type": "error"},
        {"output_type": "display_data", "data": {"image/png": "AAAA"}},
        {"output_type": "display_data", "data": {"image/png": 5, "text/plain": ["in its ", "place"]}},
        {"output_type": "nonsense", "data": {}}, {"output_type": "stream", "text": "after all"},
    ]  # fmt: skip
    cells = [
        5, None, {}, {"cell_type": "code"}, {"cell_type": "code", "source": 7, "outputs": 7},
        {"cell_type": "markdown", "source": None},
        {"cell_type": "code", "source": ["a\n", "b"], "execution_count": "x", "outputs": outputs},
        {"cell_type": "markdown", "source": "$" + "{" * 5000 + "$ \\begin{align} $$", "attachments": 3},
        {"cell_type": "code", "source": "\ud800 nan", "outputs": [{"output_type": "stream", "text": "the last"}]},
    ]  # fmt: skip
    put("odd.ipynb", {"nbformat": 4, "metadata": 3, "cells": cells, "nan": float("nan")})
    text = Text(page()).text
    assert "This cell is damaged" in text
    assert "This output is damaged" in text
    assert "Not shown: a picture that is no image" in text
    assert "in its place" in text
    assert "after all" in text
    assert "the last" in text


def test_what_is_too_large_is_cut_with_a_sentence() -> None:
    line = "x = '" + "a" * 1_000_000 + "'"
    cells = [code(line), code("print", v4.new_output("stream", text="b" * 50_000_000))]
    cells += [code(f"n{n}", v4.new_output("stream", text="c" * 150_000)) for n in range(20)]
    put("large.ipynb", v4.new_notebook(cells=cells))
    html = page()
    assert "800,006 more characters are not shown; the notebook in Files has them." in html
    assert "49,800,000 more characters are not shown; the notebook in Files has them." in html
    assert len(html) < 1_100_000
    assert re.search(r'data-rest="\d+">17 more cells, too large for this page', html)


def test_the_session_history_comes_first_grows_and_may_have_been_cut() -> None:
    put("a.ipynb", WHOLE)
    folder = LOGS / "p/r/files"
    history = SessionHistory(folder)
    run = {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": []}
    history.append({**run, "source": "first_cell"})
    html = page()
    assert re.findall(r"<h2>(.*?)</h2>", html) == ["Cells as they ran", "a.ipynb"]
    assert "first_cell" in html
    assert "second_cell" not in html
    history.append({**run, "source": "second_cell"})
    history.close()
    assert "second_cell" in page()
    file = folder / "code/_session_history.ipynb"
    file.write_bytes(file.read_bytes()[:-20])
    html = page()
    assert "first_cell" in html
    assert "was cut while it was written" in html


@pytest.mark.parametrize(
    "tex", [r"\text{</math><script>x</script>}", "{", r"\color{red;}{x}", "x" * 20_000, r"\style{a}{b}", "\x00"]
)
def test_formulas_are_mathml_or_what_was_written(tex: str) -> None:
    found = Text(formulas.mathml(tex, block=True))
    assert found.tags <= {"math", "mrow", "mi", "mn", "mo", "mtext", "mstyle", "code"}
    assert "style=" not in formulas.mathml(tex, block=True)


def test_a_text_cannot_name_pieces_of_its_own() -> None:
    assert Rich().render("$x$ \ue0000\ue001 &#xe000;7&#xe001; &#xe000;0&#xe001;").count("<math") <= 2
