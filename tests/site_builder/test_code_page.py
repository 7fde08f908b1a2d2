"""The tab Code as the builder writes it: readable without scripts, and harmless whatever a run's files hold."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from site_builder import Options, build, highlight
from site_builder.pages import code
from tests.site_builder.logs import write_run

if TYPE_CHECKING:
    from pathlib import Path

EVIL = "<script>alert(1)</script>"


def page(home: Path, files: dict[str, bytes | str], **run: Any) -> str:
    """Return the tab of a run with these files, as HTML; empty where it has none."""
    folder = write_run(home / "logs", "r", [{"loss": 1.0}], **run)
    for name, data in files.items():
        path = folder / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    build(Options((home / "logs",), home / "site", jobs=1))
    text = (home / "site/p/runs/r.html").read_text(encoding="utf-8")
    found = re.search(r'<section class="tab" id="code".*?</section>\n<section class="tab"', text, re.DOTALL)
    return found[0] if found else ""


def words(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def test_the_program_stands_on_the_page_with_its_colours(tmp_path: Path) -> None:
    source = 'import os\r\n\r\nif 1 < 2 & 3:\r\n    print("é 🎉", os)\r\n'
    found = page(
        tmp_path,
        {"code/src/train.py": source, "code/train.py": "other", "code/src/model.py": "x = 1"},
        program="/home/ann/src/train.py",
        args=["--rate", "0.1"],
    )
    assert 'data-main="code/src/train.py"' in found
    (shown,) = re.findall(r"<pre>(.*?)</pre>", found, re.DOTALL)
    assert words(shown) == source.replace("\r\n", "\n")  # as universal newlines read the page
    assert '<span class="c1">import</span>' in shown
    assert [name in found for name in ("code/src/train.py", "code/train.py", "code/src/model.py")] == [True] * 3
    assert "<code>python /home/ann/src/train.py --rate 0.1</code>" in found


def test_names_and_texts_of_files_are_only_texts(tmp_path: Path) -> None:
    found = page(
        tmp_path,
        {f"code/{EVIL.replace('/', ';')}.py": f"{EVIL}\n'{EVIL}'", "diff.patch": EVIL, "requirements.txt": EVIL},
        program=EVIL.replace("/", ";") + ".py",
        args=[EVIL],
        git={"commit": EVIL, "branch": EVIL, "remote": f"https://github.com/a/{EVIL}"},
    )
    assert "<script" not in found
    assert words(found).count("<script>alert(1)<") >= 5


def test_a_tab_for_code_patch_or_packages_and_for_nothing_else(tmp_path: Path) -> None:
    assert page(tmp_path / "none", {"notes.txt": "x"}) == ""
    packages = page(tmp_path / "packages", {"requirements.txt": "numpy==2.0"})
    assert "No code was saved with this run" in packages
    assert 'data-slot="packages"' in packages
    patch = page(tmp_path / "patch", {"diff.patch": "hello"})
    assert "diff.patch" in patch
    assert 'data-slot="packages"' not in patch


def test_a_program_too_long_for_a_page_is_named(tmp_path: Path) -> None:
    found = page(tmp_path, {"code/a.py": "x = 1\n" * 20_000}, program="a.py")
    assert 'data-main="code/a.py"' in found
    assert "<pre>" not in found
    assert "Too long for this page" in found


def test_a_thousand_files_are_counted(tmp_path: Path) -> None:
    found = page(tmp_path, {f"code/m{n:04}.py": "" for n in range(code.MOST_FILES + 3)}, program="elsewhere.py")
    assert 'data-main=""' in found
    assert "m0499.py" in found
    assert "m0500.py" not in found
    assert "and 3 more" in found


@pytest.mark.parametrize(
    ("remote", "url"),
    [
        ("https://github.com/ann/street.git", "https://github.com/ann/street/commit/4be2a90"),
        ("https://***@github.com/ann/street", "https://github.com/ann/street/commit/4be2a90"),
        ("git@github.com:ann/street.git", "https://github.com/ann/street/commit/4be2a90"),
        ("https://gitlab.com/lab/group/street.git", "https://gitlab.com/lab/group/street/-/commit/4be2a90"),
        ("https://github.com.evil.org/ann/street", ""),
        ("https://example.org/github.com/street", ""),
        ("javascript:alert(1)//github.com/a/b", ""),
        ("https://github.com/ann/street?x", ""),
        ("https://github.com/ann/../street", ""),
        ("/srv/git/street", ""),
        (None, ""),
    ],
)
def test_a_commit_is_linked_where_its_page_is_known(remote: str | None, url: str) -> None:
    assert code.commit_url({"remote": remote, "commit": "4be2a90"}) == url
    assert code.commit_url({"remote": remote, "commit": "HEAD; rm"}) == ""


def test_spans_hold_exactly_the_text() -> None:
    for text in ("", "x = '𝄞' # 🎉\n", "lone \ud83d surrogate = 1", "&amp; <b>"):
        assert words(str(highlight.spans("a.py", text))) == text


def test_an_exception_leads_to_its_line(tmp_path: Path, checkout: Path) -> None:
    (tmp_path / "model.py").write_text("def fit():\n    raise ValueError('no data')\n")
    (tmp_path / "train.py").write_text(
        "import model\nimport tracklog\n\ntracklog.init(project='p', id='r')\nmodel.fit()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(checkout), "TRACKLOG_DIR": str(tmp_path / "logs")}
    command = [sys.executable, str(tmp_path / "train.py")]
    assert subprocess.run(command, check=False, env=environment, cwd=tmp_path, capture_output=True).returncode == 1
    build(Options((tmp_path / "logs",), tmp_path / "site", jobs=1))
    text = (tmp_path / "site/p/runs/r.html").read_text(encoding="utf-8")
    assert 'href="#tab=code&amp;file=code/model.py&amp;L=2"' in text
