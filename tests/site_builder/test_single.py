"""One HTML file: the same pages, nothing of a run can act in it, and a budget that is kept."""

from __future__ import annotations

import base64
import gzip
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

import tracklog
from site_builder import Options, Wanted, build, single
from tests.site_builder.logs import write_run

LOGS, FILE = Path("logs"), Path("one.html")
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>'\"&amp;]]>-->\u2028"


class Parser(HTMLParser):
    """Reads a document as a browser does: which scripts could run, what the inert ones hold."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[str, bytes] = {}
        self.running: list[str] = []
        self.tags: set[str] = set()
        self.handlers: list[str] = []
        self.links: list[str] = []
        self._script: dict[str, str | None] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.handlers += [name for name, _ in attributes if name.startswith("on")]
        self.links += [str(value) for name, value in attributes if name == "href"]
        if tag == "script":
            self._script = dict(attributes)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = None

    def handle_data(self, data: str) -> None:
        if self._script is None:
            return
        if "data-entry" in self._script:
            assert self._script["type"] == "text/plain"
            text = base64.b64decode(data) if not data.startswith("data:") else data.encode()
            self.entries[str(self._script["data-entry"])] = gzip.decompress(text) if text[:2] == b"\x1f\x8b" else text
        elif self._script.get("type") is None:
            self.running.append(data)


def parsed(text: str | None = None) -> Parser:
    parser = Parser()
    parser.feed(FILE.read_text(encoding="utf-8") if text is None else text)
    parser.close()
    return parser


def options(**more: Any) -> Options:
    return Options(**{"roots": (LOGS,), "site": Path("site"), "jobs": 1, **more})


def test_it_holds_the_pages_and_entries_of_the_folder() -> None:
    for n in range(3):
        write_run(
            LOGS, f"r{n}", [{"loss": n / (step + 1)} for step in range(3000)], project=f"p{n % 2}", console="hello\n"
        )
    build(options())
    report = single.write(options(), FILE, single.MAX_SIZE)
    assert (report.runs, report.written, report.warnings, report.damage) == (3, [str(FILE)], [], [])
    entries = parsed().entries
    pages = {name.removeprefix("page:") for name in entries if name.startswith("page:")}
    assert pages == {path.relative_to("site").as_posix() for path in Path("site").rglob("*.html")}
    for script in Path("site/data").rglob("*.js"):
        for name, form, literal in re.findall(r"\['([^']+)',(\d),(\"[^\"]*\"|'(?:[^'\\]|\\.)*')\]", script.read_text()):
            if form == "1":
                assert entries[name] == gzip.decompress(base64.b64decode(literal[1:-1])), name
            else:
                assert name in entries


def test_every_link_stays_in_the_file_or_names_its_scheme() -> None:
    notes = "[out](https://example.org/a?b=1&c) [mail](mailto:a@example.org) [beside](b.html) [in](#logs) [up](//x/y)"
    error = {"type": "ValueError", "message": "no"}
    ended: dict[str, Any] = {"exit_code": 1, "session": {"error": error}, "console": "ValueError: no\n"}
    write_run(LOGS, "Ä b", [{"loss": 1.0}], project="Ö p", notes=notes, **ended)
    single.write(options(), FILE, single.MAX_SIZE)
    head = parsed()
    mains = {
        name.removeprefix("page:"): orjson.loads(data)["main"]
        for name, data in head.entries.items()
        if name.startswith("page:")
    }
    assert {path.rpartition("/")[0].count("/") for path in mains} == {0, 1}
    links = {"index.html": head.links} | {path: parsed(main).links for path, main in mains.items()}
    for path, found in links.items():
        assert f"#/{path}?h=main" in found
        assert "#/index.html" in found
        for link in found:
            page, _, query = link.removeprefix("#/").partition("?")
            if link.startswith("#"):
                assert page in mains, (path, link)
                assert query == "" or query.startswith("h="), (path, link)
            else:
                assert link.startswith(("data:image/", "https://example.org/", "mailto:")), (path, link)
    (project,) = (path for path in mains if path.endswith("/index.html"))
    folder = project.rpartition("/")[0]
    assert {f"#/{folder}/table.html", *(f"#/{path}" for path in mains if "/runs/" in path)} <= set(links[project])
    (page,) = (path for path in mains if path.startswith(f"{folder}/runs/~"))
    assert {f"#/{page}?h=overview", "https://example.org/a?b=1&c"} <= set(links[page])
    assert links[page].count(f"#/{page}?h=logs") == 2, "the tab, and the log at the error"


def test_nothing_of_a_run_can_act() -> None:
    write_run(LOGS, "plain", [{"loss": 1.0}])
    single.write(options(), FILE, single.MAX_SIZE)
    plain = parsed()
    names: dict[str, Any] = {"name": EVIL, "notes": f"[x](javascript:alert(3)) {EVIL}", "tags": [EVIL], "group": EVIL}
    write_run(LOGS, EVIL, [{EVIL: 1.0, "t": EVIL}], project=EVIL, config={EVIL: EVIL}, console=EVIL, **names)
    single.write(options(), FILE, single.MAX_SIZE)
    evil = parsed()
    assert [len(script) for script in evil.running] == [len(script) for script in plain.running]
    assert evil.running == plain.running
    assert (evil.tags, evil.handlers) == (plain.tags, [])
    pages = [orjson.loads(data)["main"] for name, data in evil.entries.items() if name.startswith("page:")]
    assert not [page for page in pages if re.search(r"<img|<script>|href=\"javascript", page)]
    (index,) = (orjson.loads(data) for name, data in evil.entries.items() if re.fullmatch(r"p/~.*|p/.*script.*", name))
    assert (index["project"], index["runs"][0]["name"], index["config"][0]["values"]) == (EVIL, EVIL, [EVIL])


def test_the_budget_is_kept_and_what_it_leaves_out_is_said() -> None:
    noise = np.random.default_rng(1)
    with tracklog.init(dir=LOGS, project="p", id="big", settings={"disable_git": True, "disable_stats": True}) as run:
        for _ in range(30):
            run.log({"picture": tracklog.Image(noise.integers(0, 255, (64, 64, 3), dtype=np.uint8))})
    write_run(LOGS, "long", [{"loss": float(value)} for value in noise.normal(size=30_000)], console="a line\n" * 5000)
    everything = single.write(options(), FILE, single.MAX_SIZE)
    whole = FILE.stat().st_size
    assert everything.warnings == []
    pages = {name for name in parsed().entries if name.startswith("page:")}
    for share in (0.8, 0.6):
        report = single.write(options(), FILE, int(whole * share))
        assert FILE.stat().st_size <= whole * share
        assert report.warnings
        assert all(
            re.match(r"left out of one.html: [\d,]+ .+, [\d.]+ MB \(--max-size [\d.]+\)", w) for w in report.warnings
        )
        entries = parsed().entries
        assert pages <= set(entries)
        assert {"site", "p/p", "r/p/big", "r/p/long", "version"} <= set(entries)


def test_a_budget_is_bytes_in_whatever_script_names_are_written() -> None:
    write_run(LOGS, "r", [{f"損失{n}": float(n)} for n in range(40)], project="実験", name="長い名前" * 20)
    for room in range(0, 4000, 100):  # somewhere among these, the last that fits leaves a byte or two
        single.write(options(), FILE, single.MAX_SIZE)
        limit = FILE.stat().st_size - room
        report = single.write(options(), FILE, limit)
        over = any("its pages alone need that" in warning for warning in report.warnings)
        assert over or FILE.stat().st_size <= limit


def test_damage_is_told_and_costs_only_itself() -> None:
    for n in range(3):
        write_run(LOGS, f"r{n}", [{"loss": 1.0}] * 3)
    (LOGS / "p/r1/run.json").write_text('{"format": 99}')
    (LOGS / "p/r2/run.json").write_text("[")
    report = single.write(options(), FILE, single.MAX_SIZE)
    assert report.runs == 2
    assert ["p/r1" in report.damage[0], "p/r2: run.json:0: " in report.damage[1]] == [True, True]
    assert "page:p/runs/r0.html" in parsed().entries


def test_it_replaces_a_file_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(LOGS, "r", [{"loss": 1.0}])
    FILE.write_text("before")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        single.write(options(), FILE, single.MAX_SIZE)
    assert FILE.read_text() == "before"


def test_pages_that_need_more_than_the_budget_are_told() -> None:
    write_run(LOGS, "one", [{"loss": 1.0}])
    report = single.write(options(), FILE, 1000)
    size = FILE.stat().st_size / 1e6
    assert f"one.html has {size:.1f} MB, more than --max-size 0.001: its pages alone need that" in report.warnings


def test_the_budget_drops_originals_then_smaller_copies_and_finer_levels_last() -> None:
    noise = np.random.default_rng(1)
    with tracklog.init(dir=LOGS, project="p", id="r", settings={"disable_git": True, "disable_stats": True}) as run:
        for _ in range(2):
            run.log({"picture": tracklog.Image(noise.integers(0, 255, (700, 700, 3), dtype=np.uint8))})
    write_run(LOGS, "long", [{"loss": float(value)} for value in noise.normal(size=150_000)])
    single.write(options(), FILE, single.MAX_SIZE)
    whole = FILE.stat().st_size
    found: list[list[str]] = []
    for limit in range(whole + 1000, 0, -whole // 12):
        report = single.write(options(), FILE, limit)
        kinds = [
            re.sub(r".*: [\d,]+ (.+), [\d.]+ MB .*", r"\1", said) for said in report.warnings if "left out" in said
        ]
        if not found or found[-1] != sorted(kinds):
            found.append(sorted(kinds))
    kinds = ["pictures", "smaller copies of pictures", "finer levels"]
    firsts = [next(n for n, left in enumerate(found) if kind in left) for kind in kinds]
    assert found[0] == []
    assert firsts == sorted(set(firsts)), found


@pytest.mark.parametrize(
    ("wanted", "page"),
    [
        (Wanted(), "index"),
        (Wanted(project="p"), "project"),
        (Wanted(runs=("a",)), "run"),
        (Wanted(runs=("a", "b")), "compare"),
        (Wanted(runs=("a", "b", "c")), "project"),
        (Wanted(runs=("a", "d")), "index"),
    ],
)
def test_it_opens_where_its_content_is(wanted: Wanted, page: str) -> None:
    for name in "abcd":
        write_run(LOGS, name, [{"loss": 1.0}], project="q" if name == "d" else "p")
    single.write(options(wanted=wanted), FILE, single.MAX_SIZE)
    head = re.search(r'<script type="application/json" id="page">(.*?)</script>', FILE.read_text(encoding="utf-8"))
    assert head is not None
    assert orjson.loads(head[1])["kind"] == page
