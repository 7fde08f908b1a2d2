"""Runs with secrets in every place that a run has: invented values of the right shapes, made anew by a seeded generator."""

from __future__ import annotations

import base64
import dataclasses
import json
import random
import string
from typing import TYPE_CHECKING, Any

from tracklog.store import fold, layout, writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CLOCK = 1_790_000_000.0
HEX, LOWER, UPPER = "0123456789abcdef", string.ascii_lowercase + string.digits, string.ascii_uppercase + string.digits
WORD = string.ascii_letters + string.digits


@dataclasses.dataclass(frozen=True, slots=True)
class Secret:
    """A planted value."""

    kind: str
    place: str
    value: str
    run: str


class Shapes:
    """Makes values; `text` is how a script, a log or a setting would hold one."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def some(self, letters: str, count: int) -> str:
        """Return so many letters, digits among them."""
        made = "".join(self.chance.choices(letters, k=count - 2))
        return made + "".join(self.chance.choices([one for one in letters if one.isdigit()] or letters, k=2))

    def kinds(self) -> dict[str, Callable[[], tuple[str, str]]]:
        """Return what makes (value, text) of each kind."""
        some = self.some

        def bare(make: Callable[[], str], before: str = "using ") -> Callable[[], tuple[str, str]]:
            def made() -> tuple[str, str]:
                value = make()
                return value, f"{before}{value}"

            return made

        def token() -> str:
            parts = [json.dumps({"alg": "HS256"}), json.dumps({"sub": some(LOWER, 12)})]
            coded = [base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts]
            return ".".join([*coded, some(WORD, 43)])

        def key() -> str:
            head = "-----{} OPENSSH PRIVATE KEY-----"
            body = "".join(some(WORD, 64) for _ in range(2))
            return "".join([head.format("BEGIN"), body, head.format("END")])

        return {
            "GitHub": bare(lambda: "ghp_" + some(WORD, 36)),
            "GitHub, fine-grained": bare(lambda: "github_pat_" + some(WORD, 22) + "_" + some(WORD, 59)),
            "GitLab": bare(lambda: "glpat-" + some(WORD, 20)),
            "Hugging Face": bare(lambda: "hf_" + some(string.ascii_letters, 34)),
            "OpenAI": bare(lambda: "sk-proj-" + some(WORD, 48)),
            "Anthropic": bare(lambda: "sk-ant-api03-" + some(WORD, 80)),
            "Google": bare(lambda: "AIza" + some(WORD, 35)),
            "AWS id": bare(lambda: "AKIA" + some(UPPER, 16)),
            "AWS secret": bare(lambda: some(WORD, 40), "aws_secret_access_key="),
            "Slack": bare(lambda: "-".join(["xoxb", some(string.digits, 12), some(string.digits, 12), some(WORD, 24)])),
            "Slack hook": bare(lambda: f"hooks.slack.com/services/T{some(UPPER, 8)}/B{some(UPPER, 8)}/{some(WORD, 24)}", "https://"),
            "SendGrid": bare(lambda: f"SG.{some(WORD, 22)}.{some(WORD, 43)}"),
            "Stripe": bare(lambda: "sk_live_" + some(WORD, 24)),
            "npm": bare(lambda: "npm_" + some(WORD, 36)),
            "PyPI": bare(lambda: "pypi-AgEIcHlwaS5vcmc" + some(WORD, 90)),
            "JSON web token": bare(token),
            "private key": bare(key, ""),
            "login of a URL": bare(lambda: some(WORD, 14), "postgresql://trainer:"),
            "Azure": bare(lambda: some(WORD, 86) + "==", "AccountName=x;AccountKey="),
            "password": bare(lambda: some(WORD, 5) + "!" + some(WORD, 5), "db_password="),
            "API key": bare(lambda: some(HEX, 32), "SERVICE_API_KEY="),
            "option": bare(lambda: some(WORD, 24), "--auth-token "),
            "bearer": bare(lambda: some(WORD, 32), "Authorization: Bearer "),
            "W&B": bare(lambda: some(HEX, 40), "WANDB_API_KEY="),
            "Telegram": bare(lambda: some(string.digits, 9) + ":AA" + some(WORD, 33)),
            "Twilio": bare(lambda: "SK" + some(HEX, 32)),
            "Mailgun": bare(lambda: "key-" + some(HEX, 32)),
            "Databricks": bare(lambda: "dapi" + some(HEX, 32)),
            "DigitalOcean": bare(lambda: "dop_v1_" + some(HEX, 64)),
            "Vault": bare(lambda: "hvs." + some(WORD, 90)),
            "Docker": bare(lambda: "dckr_pat_" + some(WORD, 27)),
            "e-mail": bare(lambda: some(string.ascii_lowercase, 8) + "@" + some(string.ascii_lowercase, 9) + ".org", "mail to "),
            "home folder": bare(lambda: "/home/" + some(string.ascii_lowercase, 7), "reading "),
            "private address": bare(lambda: f"192.168.{self.chance.randrange(256)}.{self.chance.randrange(256)}", "at "),
        }  # fmt: skip


def _closed(kind: str, text: str) -> str:
    """Return a text with what its kind needs behind the value."""
    return {"login of a URL": f"{text}@db.internal/x", "home folder": f"{text}/data"}.get(kind, text)


def _coloured(text: str, value: str) -> str:
    at = text.index(value) + len(value) // 2
    return f"{text[:at]}\x1b[1;31m{text[at:]}\x1b[0m"


def _escaped(text: str, value: str) -> str:
    """Return the inside of a JSON string in which letters of a value are written otherwise."""
    at = text.index(value) + len(value) // 3
    rest = text[at + 1 :].replace("/", "\\/")
    return f"{text[:at]}\\u{ord(text[at]):04X}{rest}"


PLACES = (
    "arguments", "program", "remote", "branch", "config", "nested config", "list in config", "summary", "history", "console",
    "console, coloured", "console, JSON", "deep console", "notebook source", "notebook output", "patch", "text file", "JSON file",
    "code", "requirements", "table cell", "HTML", "notes", "tag", "name", "group", "alert", "error", "binary file", "caption",
)  # fmt: skip


def plant(root: Path, seed: int = 12, count: int = 340) -> list[Secret]:
    """Write runs of a project with `count` secrets, each in another pair of kind and place; return them."""
    shapes = Shapes(seed)
    kinds = shapes.kinds()
    pairs = [(kind, place) for kind in kinds for place in PLACES]
    shapes.chance.shuffle(pairs)
    chosen = [next(pair for pair in pairs if pair[0] == kind) for kind in kinds]  # each of them, and each place
    for place in PLACES:
        chosen.append(next(pair for pair in pairs if pair[1] == place and pair not in chosen))
    chosen += [pair for pair in pairs if pair not in chosen][: count - len(chosen)]
    planted: list[Secret] = []
    for number, several in enumerate(_runs(chosen)):
        run = f"run{number}"
        texts = {}
        for place, kind in several.items():
            value, text = kinds[kind]()
            texts[place] = (_closed(kind, text), value)
            planted.append(Secret(kind, place, value, run))
        _write(root, run, texts)
    return planted


def _runs(pairs: list[tuple[str, str]]) -> Iterator[dict[str, str]]:
    """Yield the secrets of each run: one for each place at most."""
    left = pairs
    while left:
        several: dict[str, str] = {}
        rest = []
        for kind, place in left:
            if place in several:
                rest.append((kind, place))
            else:
                several[place] = kind
        yield several
        left = rest


def _write(root: Path, run: str, texts: dict[str, tuple[str, str]]) -> None:
    def text(place: str) -> str:
        return texts[place][0] if place in texts else f"nothing in {place}"

    folder = layout.run_folder(root, "planted", run)
    git = {"remote": f"https://host/x?{text('remote')}", "commit": "0" * 40, "branch": text("branch"), "dirty": True}
    record: dict[str, Any] = {
        "id": run, "project": "planted", "name": text("name"), "notes": f"# Notes\n\n{text('notes')}\n", "tags": [text("tag")],
        "group": text("group"), "created": "2026-09-21T12:53:20+00:00", "program": text("program"),
        "args": ["--epochs", "3", *text("arguments").split(" ")], "git": git, "user": "root", "host": "localhost",
    }  # fmt: skip
    assert writer.create_run(folder, record)  # type: ignore[arg-type]
    one = writer.Writer(folder, {"start_step": 0, "after": [], **fold.this_place()}, lambda: CLOCK)
    one.start()
    config = {
        "lr": 0.1,
        "note": text("config"),
        "a": {"b": {"c": text("nested config")}},
        "all": ["x", [text("list in config")]],
    }
    one.event("config", set=config)
    files = folder / "files"
    (files / "code").mkdir(parents=True)
    (files / "media" / "table").mkdir(parents=True)
    (files / "media" / "html").mkdir(parents=True)
    table = {"columns": ["n", "said"], "data": [[1, "a"], [2, text("table cell")]]}
    (files / "media/table/t.table.json").write_text(json.dumps(table), encoding="utf-8")
    (files / "media/html/h.html").write_text(f"<p>one <b>two</b> {text('HTML')}</p>", encoding="utf-8")
    row = {
        "loss": 0.5, "said": text("history"), "table": {"_type": "table-file", "path": "media/table/t.table.json", "nrows": 2},
        "page": {"_type": "html-file", "path": "media/html/h.html", "caption": text("caption")},
    }  # fmt: skip
    one.history.append(writer.encode({"_step": 0, "_runtime": 0.1, "_timestamp": CLOCK, **row}))
    one.event("summary", path=["kept"], value=text("summary"))
    one.event("alert", title="hot", text=text("alert"), level="WARN")
    for line in _printed(texts, text):
        one.console.append(writer.encode({"_timestamp": CLOCK, "stream": "stdout", "text": f"{line}\n"}))
    _files(files, texts, text)
    one.event(
        "finish", exit_code=1, error={"type": "ValueError", "message": text("error"), "file": "train.py", "line": 2}
    )
    one.close()


def _printed(texts: dict[str, tuple[str, str]], text: Callable[[str], str]) -> Iterator[str]:
    yield text("console")
    if "console, coloured" in texts:
        yield _coloured(*texts["console, coloured"])
    if "console, JSON" in texts:
        yield '{"env": "' + _escaped(*texts["console, JSON"]) + '"}'
    if "deep console" in texts:  # in a block that is packed and finished before the last one
        yield text("deep console")
        yield from (f"epoch {n} loss {1 / (n + 1):.6f} tokens/s {n % 977} lr 3.0e-04" for n in range(2_500))


def _files(files: Path, texts: dict[str, tuple[str, str]], text: Callable[[str], str]) -> None:
    printed = {"output_type": "stream", "name": "stdout", "text": [f"{text('notebook output')}\n"]}
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": 1, "outputs": [printed]}
    cell["source"] = ["import os\n", f"# {text('notebook source')}\n"]
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    (files / "code/_session_history.ipynb").write_text(json.dumps(book, indent=1), encoding="utf-8")
    (files / "diff.patch").write_text(
        f"--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+# {text('patch')}\n", encoding="utf-8"
    )
    (files / "said.txt").write_text(f"one\ntwo\n{text('text file')}\n", encoding="utf-8")
    inside = _escaped(*texts["JSON file"]) if "JSON file" in texts else "nothing"
    (files / "said.json").write_text('{\n  "env": "' + inside + '"\n}\n', encoding="utf-8")
    (files / "code/train.py").write_text(f'import os\n\nSAID = "{text("code")}"\n', encoding="utf-8")
    (files / "requirements.txt").write_text(f"numpy==2.0\n# {text('requirements')}\n", encoding="utf-8")
    (files / "state.bin").write_bytes(bytes(range(256)) + text("binary file").encode() + bytes(range(255, -1, -1)))
