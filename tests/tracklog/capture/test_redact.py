"""Secrets never reach the files of a run; everything else stays readable."""

from __future__ import annotations

import pytest

from tracklog.capture.redact import redact_args, redact_url

# Put together at run time, so that scanners of repositories do not take the tests for a leak.
GITHUB = "ghp_" + "a1B2" * 9
GITLAB = "glpat-" + "x9_y" * 5
JWT = ".".join(["eyJ" + "hbGciOiJIUzI1NiJ9", "eyJ" + "zdWIiOiIxMjM0NTY3", "c2lnbmF0dXJl"])


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://github.com/a/b.git", "https://github.com/a/b.git"),
        ("git@github.com:a/b.git", "git@github.com:a/b.git"),
        ("ssh://git@github.com:22/a/b.git", "ssh://git@github.com:22/a/b.git"),
        ("/srv/git/project.git", "/srv/git/project.git"),
        ("https://me:hunter2@example.com/a/b", "https://***@example.com/a/b"),
        (f"https://{GITHUB}@github.com/a/b", "https://***@github.com/a/b"),
        (f"https://{GITHUB}:x-oauth-basic@github.com/a/b", "https://***@github.com/a/b"),
        ("https://me:p@ss:w@example.com/a", "https://***@example.com/a"),
        ("https://me:pa/ss@example.com/a", "https://***@example.com/a"),
        ("ssh://git:hunter2@example.com/a", "ssh://git:***@example.com/a"),
        ("postgres://me:hunter2@db/x", "postgres://me:***@db/x"),
        ("https://example.com/a?private_token=abc&x=1", "https://example.com/a?private_token=***&x=1"),
        ("https://example.com:8443/a", "https://example.com:8443/a"),
        ("https://[::1]:80/@scope/a", "https://[::1]:80/@scope/a"),
    ],
)
def test_urls(url: str, shown: str) -> None:
    assert redact_url(url) == shown


@pytest.mark.parametrize(
    ("args", "shown"),
    [
        (["--password", "hunter2", "--lr", "0.1"], ["--password", "***", "--lr", "0.1"]),
        (["--password=hunter2"], ["--password=***"]),
        (["--api-key", "abc"], ["--api-key", "***"]),
        (["--apiKey=abc"], ["--apiKey=***"]),
        (["--hf_token", "abc"], ["--hf_token", "***"]),
        (["--use-token", "--lr", "1"], ["--use-token", "--lr", "1"]),
        (
            ["HF_TOKEN=abc", "model.secret_key=x", "+auth.token=y"],
            ["HF_TOKEN=***", "model.secret_key=***", "+auth.token=***"],
        ),
        (["--db=postgres://me:pw@host/x"], ["--db=postgres://me:***@host/x"]),
        (["-H", "Authorization: Bearer abcdefgh1234"], ["-H", "Authorization: ***"]),
        (["x Bearer abcdefgh1234"], ["x Bearer ***"]),
        (['{"password": "hunter2", "lr": "1"}'], ['{"password": "***", "lr": "1"}']),
        ([GITHUB, f"--x={GITLAB}", JWT], ["***", "--x=***", "***"]),
        (["AKIA" + "ABCDEFGHIJKLMNOP"], ["***"]),
    ],
)
def test_secrets_in_arguments_are_hidden(args: list[str], shown: list[str]) -> None:
    assert redact_args(args) == shown


@pytest.mark.parametrize(
    "arg",
    [
        "--tokenizer=bert", "--max-tokens=512", "--num_tokens", "--author=ann", "--key=loss", "--seed=3", "train.py",
        "C:\\data", "--path=/a/b@c", "--authors", "--token-dim=64",
        "--keyboard", "d670460b4b4aece5915caf5c68d12f560a9fe3e4",
        "", "-", "--", "ü=1",
    ],
)  # fmt: skip
def test_everything_else_is_kept(arg: str) -> None:
    assert redact_args([arg, "value"]) == [arg, "value"]
