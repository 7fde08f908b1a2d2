"""The import rules of the packages, read from the code itself."""

from __future__ import annotations

import ast
import graphlib
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = (
    "numpy",
    "msgspec",
    "PIL",
    "yaml",
    "psutil",
    "pynvml",
    "jinja2",
    "rich",
    "watchdog",
    "nh3",
    "nbconvert",
    "nbformat",
    "IPython",
    "pygments",
    "matplotlib",
    "torch",
)
PURE = (
    "kinds",
    "pages",
    "series",
    "console.py",
    "numbers.py",
    "markdown.py",
    "formulas.py",
    "highlight.py",
    "notebook.py",
    "outputs.py",
    "shares.py",
)
COMMANDS = ("cli.py", "building.py", "publishing.py")
DOORS = ("tracklog.store", "tracklog.errors")


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path, *, top_level: bool = False, types: bool = False) -> set[str]:
    """Return the full names a module imports at run time; only those outside of functions with `top_level`.

    With `types` those that only type checkers see are among them.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test) and not types:
            return
        if top_level and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(tree)
    return found


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


@pytest.mark.parametrize("path", modules("tracklog"), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_recorder_reaches_the_builder_only_inside_commands(path: Path) -> None:
    if path.name in COMMANDS and path.parent.name == "tracklog":
        assert not [name for name in imports(path, top_level=True) if within(name, "site_builder")]
    else:
        assert not [name for name in imports(path) if within(name, "site_builder")]


@pytest.mark.parametrize("path", modules("site_builder"), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_builder_knows_the_recorder_only_by_its_store(path: Path) -> None:
    foreign = {name for name in imports(path) if within(name, "tracklog")}
    allowed = {name for name in foreign if any(within(name, door) for door in DOORS)}
    # Its version is part of every output's hash.
    assert foreign - allowed <= ({"tracklog"} if path.name == "builder.py" else set())


@pytest.mark.parametrize("path", modules("tracklog/store"), ids=lambda p: p.name)
def test_the_store_knows_nothing_above_it(path: Path) -> None:
    assert not [name for name in imports(path) if within(name, "tracklog") and not any(within(name, d) for d in DOORS)]


@pytest.mark.parametrize(
    "path",
    [p for p in modules("tracklog") if not {"demo", "media"} & set(p.parts)],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_heavy_libraries_are_imported_where_first_needed(path: Path) -> None:
    assert not [name for name in imports(path, top_level=True) if name.partition(".")[0] in HEAVY]


@pytest.mark.parametrize(
    "path",
    [p for p in modules("site_builder") if set(PURE) & set(p.relative_to(ROOT / "site_builder").parts)],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_pure_modules_read_and_write_nothing(path: Path) -> None:
    calls = {
        node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)
    }
    assert not calls & {
        "open",
        "read_bytes",
        "read_text",
        "write_bytes",
        "write_text",
        "unlink",
        "mkdir",
        "scandir",
        "stat",
    }


@pytest.mark.parametrize("room", ["series", "pictures"])
def test_rooms_of_the_builder_have_one_door(room: str) -> None:
    inner = {path.stem for path in modules(f"site_builder/{room}")} - {"__init__"}
    for path in modules("site_builder"):
        if path.parent.name != room:
            asked = {name.removeprefix(f"site_builder.{room}.").partition(".")[0] for name in imports(path)}
            exported = set(importlib.import_module(f"site_builder.{room}").__all__)
            assert not (asked & inner) - exported, path


def test_only_the_output_writes_sites() -> None:
    writers = {"write_bytes", "write_text", "copyfile", "unlink", "rmdir", "replace"}
    # What mirrors write is no site: a copy of a root that lies elsewhere, in the cache of whoever builds.
    allowed = {"output.py", "manifest.py", "single.py", "model.py", "mirror.py"}
    for path in modules("site_builder"):
        calls = [
            node.func.attr
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and len(node.args) <= 1
            and not node.keywords
        ]
        if path.name not in allowed:
            assert not set(calls) & writers, path


def ring(graph: dict[str, set[str]]) -> list[str]:
    """Return modules that import each other in a ring; nothing when there is none."""
    done: set[str] = set()

    def search(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name not in done:
            for other in sorted(graph[name]):
                if found := search(other, [*path, name]):
                    return found
            done.add(name)
        return []

    return next(filter(None, (search(name, []) for name in sorted(graph))), [])


def test_no_modules_import_each_other_in_a_ring() -> None:
    """Imports for types count as well: who needs another's types cannot be read without it."""
    paths = [path for package in ("tracklog", "site_builder") for path in modules(package)]
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}
    graph: dict[str, set[str]] = {}
    for name, path in names.items():
        found = imports(path, types=True)
        # `from package import module` is an import of the module, and not of what stands in the package itself.
        graph[name] = {other if other in names else other.rpartition(".")[0] for other in found} & names.keys() - {name}
    assert ring({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert ring(graph) == []


def test_importing_tracklog_loads_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import tracklog; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert set(done.stdout.split()) <= {"tracklog", "__future__", "types"}


def test_no_module_is_a_bin_for_leftovers() -> None:
    names = {path.stem for package in ("tracklog", "site_builder") for path in modules(package)}
    assert not {name for name in names if any(word in name for word in ("util", "helper", "manager", "misc", "common"))}


def test_no_module_has_grown_out_of_hand() -> None:
    sizes = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n")
        for package in ("tracklog", "site_builder")
        for path in modules(package)
    }
    assert not {name: size for name, size in sizes.items() if size > 600}


# `from "./x"`, `import "./x"` and `import("./x")`, types as well; "worker:./x" is a script of its own.
SCRIPT_IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.[^"']*)["']""")


def scripts() -> list[Path]:
    return sorted(path for path in (ROOT / "templates" / "src").rglob("*.ts*") if not path.name.endswith(".d.ts"))


def script_imports(path: Path) -> set[Path]:
    """Return the scripts that one imports, by their files."""
    names = SCRIPT_IMPORT.findall(path.read_text(encoding="utf-8"))
    files = [(path.parent / f"{name}{ending}").resolve() for name in names for ending in (".ts", ".tsx", "")]
    return {file for file in files if file.is_file() and file.suffix in {".ts", ".tsx"}}


def test_no_scripts_of_the_front_end_import_each_other() -> None:
    try:
        graphlib.TopologicalSorter({path: script_imports(path) for path in scripts()}).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" imports ".join(str(path.relative_to(ROOT)) for path in reversed(error.args[1])))


def test_lines_of_the_front_end_fit_a_window() -> None:
    ours = [*scripts(), *(ROOT / "templates").glob("*.mjs"), *(ROOT / "templates" / "tests").glob("*.ts")]
    styles = (ROOT / "templates" / "src").rglob("*.css")
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*ours, *styles]
        if path.name != "model.ts"  # written by a program
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > 120
    ]
    assert not long
