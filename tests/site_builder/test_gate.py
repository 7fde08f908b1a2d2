"""The gate: what must not leave stands in no site, and what is said of it tells nothing."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import json
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tracklog
from site_builder import Builder, Options, config, inspection, output, packed, passage, plain, promises, rules, single
from site_builder.detectors import book
from site_builder.gate import Gate, GateError, fingerprint
from tests import planted
from tests.bench.gate import missed, shown
from tests.site_builder.logs import grow, write_run
from tracklog.errors import UsageError, forget_warnings, silence
from tracklog.store import layout

if TYPE_CHECKING:
    from site_builder import Report, runs

LOGS, SITE = Path("logs"), Path("site")
KEY = b"k" * 32
NOBODY: dict[str, Any] = {"user": "root", "host": "localhost"}
TOKEN = "ghp_" + "a1B2c3D4" * 5


def build(gate: Gate | None = None) -> Report:
    return Builder(Options((LOGS,), SITE, gate=gate)).build()


def told(gate: Gate | None = None) -> GateError:
    with pytest.raises(GateError) as found:
        build(gate or Gate())
    return found.value


def everything() -> dict[str, bytes]:
    return {path.relative_to(SITE).as_posix(): path.read_bytes() for path in SITE.rglob("*") if path.is_file()}


def says() -> str:
    """Return all texts of the site, its manifest among them."""
    return shown(SITE) + (SITE / ".tracklog/manifest.json").read_text()


def test_planted_secrets_are_found_and_replaced_everywhere() -> None:
    secrets = planted.plant(LOGS, seed=5, count=220)
    leaving, lost = missed(LOGS, SITE, secrets)
    assert len(leaving) >= 200
    assert len({one.kind for one in leaving}) >= 20
    assert len({one.place for one in leaving}) == len(planted.PLACES)
    assert len(lost) <= 0.05 * len(leaving), lost
    report = build(Gate(key=KEY))
    assert report.damage == []
    text = says()
    assert [one for one in leaving if one.value in text and one not in lost] == []


def test_a_hit_is_named_by_run_file_and_line_and_never_shown() -> None:
    folder = write_run(
        LOGS, "told", [{"loss": 1}], config={"db": {"password": "Xk29!fjq2Lm"}}, console="a\nb\n" + TOKEN, **NOBODY
    )
    (folder / "files").mkdir(exist_ok=True)
    (folder / "files/env.txt").write_text(f"a=1\n\nTOKEN={TOKEN}x\n")
    error = told()
    said = str(error)
    assert f"github-token {fingerprint(TOKEN)} in p/told: console, line 3" in said
    assert re.search(r"github-token [0-9a-f]{8} in p/told: env.txt, line 3", said)
    assert re.search(r"password [0-9a-f]{8} in p/told: config/db.password", said)
    assert TOKEN not in said
    assert "Xk29" not in said + repr(error.hits)


def test_nothing_of_the_site_changes_where_something_must_not_leave() -> None:
    write_run(LOGS, "clean", [{"loss": 1}], exit_code=None, **NOBODY)
    build(Gate())
    before = everything()
    grow(LOGS / "p/clean", [{"loss": 2}])
    write_run(LOGS, "told", [{"loss": 1}], notes=TOKEN, **NOBODY)
    told()
    assert everything() == {**before, ".tracklog/lock": everything()[".tracklog/lock"]}
    assert not any(path.is_dir() for path in (SITE / ".tracklog").iterdir())
    (LOGS / "p/told/run.json").write_text((LOGS / "p/told/run.json").read_text().replace(TOKEN, "none"))
    assert build(Gate()).runs == 2
    build()
    assert {"p/runs/told.html", "p/runs/clean.html"} <= everything().keys()


def test_a_site_that_is_not_there_stays_away() -> None:
    write_run(LOGS, "told", [{"loss": 1}], notes=TOKEN, **NOBODY)
    told()
    assert everything().keys() == {".tracklog/lock"}


def test_what_passed_is_not_looked_at_again_and_a_new_list_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(3):
        write_run(LOGS, f"r{n}", [{"loss": 1}], **NOBODY)
    looked: list[str] = []
    of_run = inspection.of_run

    def noted(gate: Gate, built: runs.Built, *more: Any) -> inspection.Inspector:
        looked.append(built.row.id)
        return of_run(gate, built, *more)

    monkeypatch.setattr(inspection, "of_run", noted)
    assert build().runs == 3
    before = everything()
    assert (build(Gate()).written, looked) == ([], ["r0", "r1", "r2"])
    assert {path for path, data in everything().items() if before.get(path) != data} <= {
        ".tracklog/manifest.json",
        ".tracklog/lock",
        "version.js",
    }
    build(Gate())
    write_run(LOGS, "r3", [{"loss": 1}], **NOBODY)
    build(Gate())
    assert looked == ["r0", "r1", "r2", "r3"]
    build(Gate(allow=frozenset(("email",))))
    assert looked == ["r0", "r1", "r2", "r3", "r0", "r1", "r2", "r3"]


def test_people_and_machines_are_named_by_kind_and_pass_by_kind() -> None:
    about: dict[str, Any] = {"user": "ada", "host": "babbage-7", "program": "/home/ada/train.py"}
    for n in range(3):
        write_run(LOGS, f"r{n}", [{"loss": 1}], console="mail ada@analytical.org from 192.168.7.9\n", **about)
    said = str(told())
    for kind in ("user", "host", "home", "email", "ip"):
        assert re.search(rf"{kind}: 1 \([0-9a-f]{{8}}\) in 3 runs, first in p/r0: ", said), (kind, said)
    assert "babbage" not in said
    allowed = frozenset(("user", "host", "home", "email"))
    assert {hit.kind for hit in told(Gate(allow=allowed)).hits} == {"ip"}
    assert build(Gate(allow=allowed | {fingerprint("192.168.7.9")})).runs == 3
    build(Gate(key=KEY))
    text = says()
    assert not re.search(r"babbage|/home/ada|analytical|192\.168\.7|\"ada\"|^ada$", text, re.MULTILINE)


def test_secrets_pass_one_by_one() -> None:
    write_run(LOGS, "told", [{"loss": 1}], notes=TOKEN, **NOBODY)
    assert build(Gate(allow=frozenset((fingerprint(TOKEN),)))).runs == 1
    assert TOKEN in says()


def test_equal_secrets_get_equal_words_in_the_site_only() -> None:
    parts = TOKEN[:9], TOKEN[9:]
    for n in range(2):
        folder = write_run(
            LOGS, f"r{n}", [{"said": TOKEN}], console=f"\x1b[31m{parts[0]}\x1b[1m{parts[1]}\x1b[0m\nnext\n", **NOBODY
        )
        (folder / "files/code").mkdir(parents=True)
        (folder / "files/code/a.py").write_text(f'KEY = "{TOKEN}"  # a\nx = 1\n')
    logs = {path: path.read_bytes() for path in LOGS.rglob("*") if path.is_file()}
    build(Gate(key=KEY))
    text = says()
    word = Gate(key=KEY).word("github-token", TOKEN)
    assert re.fullmatch(r"‹github-token-[0-9a-f]{6}›", word)
    assert set(re.findall(r"‹[^›]*›", text)) == {word}
    assert TOKEN not in text
    assert f'KEY = "{word}"  # a' in text
    assert {path: path.read_bytes() for path in LOGS.rglob("*") if path.is_file()} == logs
    data = [path for path in everything() if path.startswith("data/media/")]
    (entry, marks) = output.entries_of((SITE / data[0]).read_bytes())
    lengths = json.loads(packed.raw(marks.data))[::2] if len(data) == 1 else []
    assert sum(lengths) <= len(packed.raw(entry.data).decode())
    console = next(
        e for e in output.entries_of((SITE / "data/p/r0.0.js").read_bytes()) if b"next" in packed.raw(e.data)
    )
    lines = [line[2] for line in orjson.loads(packed.raw(console.data))]
    assert [plain.quick(line) for line in lines] == [word, "next"]


def test_another_key_and_another_list_make_another_site() -> None:
    write_run(LOGS, "told", [{"loss": 1}], notes=TOKEN, **NOBODY)
    build(Gate(key=KEY))
    first = says()
    assert build(Gate(key=KEY)).written == []
    build(Gate(key=b"o" * 32))
    assert says() != first
    assert Gate(key=KEY).word("github-token", TOKEN) not in says()
    build()
    assert TOKEN in says()
    build(Gate(key=KEY))
    assert TOKEN not in says()


def test_a_secret_in_the_name_of_a_file_blocks_even_where_it_would_be_replaced() -> None:
    write_run(LOGS, TOKEN.lower(), [{"loss": 1}], project="p", **NOBODY)
    hits = told(Gate(key=KEY)).hits if book().find(TOKEN.lower()) else []
    assert {hit.place for hit in hits} <= {inspection.NAME}


def test_finished_blocks_and_artifacts_are_replaced_as_well() -> None:
    long = "".join(f"{n} said {TOKEN if n == 700 else n * 7919}\n" for n in range(60_000))
    write_run(LOGS, "long", [{"loss": 1}], console=long, **NOBODY)
    with tracklog.init(project="q", dir=str(LOGS), console="off") as run:
        artifact = tracklog.Artifact("set", "data", description=f"by {TOKEN}", metadata={"key": TOKEN})
        with artifact.new_file("a.txt") as file:
            file.write(f"one\n{TOKEN}\n")
        run.log_artifact(artifact)
    runs = {hit.run for hit in told().hits if hit.kind == "github-token"}
    assert {"p/long", "q/set"} <= runs
    assert "console, line 701" in str(told())
    build(Gate(key=KEY, allow=frozenset(rules.PERSONAL)))
    assert [path for path in everything() if ".full/" in path]
    assert TOKEN not in says()
    head = next(e for e in output.entries_of((SITE / "data/p/long.0.js").read_bytes()) if e.name == "r/p/long")
    full = json.loads(head.data)["full"]
    assert {f"data/p/long.full/{digest}.js" for digest in full} <= everything().keys()
    names = {e.name for d in full for e in output.entries_of((SITE / f"data/p/long.full/{d}.js").read_bytes())}
    assert {name.split("/")[3] for name in names} == set(full)


def test_the_allow_list_stands_in_tracklog_yaml(capfd: pytest.CaptureFixture[str]) -> None:
    path = Path("tracklog.yaml")
    assert config.load(path).allow == frozenset()
    path.write_text("publish:\n  allow: [email, 12345678, 1e234567]\n  deny: [x]\nelse: 1\n")
    forget_warnings()
    silence(False)
    assert config.load(path).allow == {"email", "12345678", "1e234567"}
    said = capfd.readouterr().err
    assert "has publish.deny, which is not known" in said
    assert "has else, which is not known" in said
    for text, why in (
        ("publish: {allow: [github-token]}", "secrets pass one by one"),
        ("publish: {allow: email}", "it is a list"),
        ("publish: [x]", "holds list"),
        ("publish: {", "cannot be read"),
    ):
        path.write_text(text)
        with pytest.raises(UsageError, match=why):
            config.load(path)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    first = passage.gate(redact=True)
    assert first.key == passage.gate(redact=True).key
    assert passage.gate(redact=False).key == b""
    path = tmp_path / "cache/tracklog/redact.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert str(first.key) not in repr(first)


HARMLESS = (
    'pad_token = "[PAD]"', "max_tokens: 512", "tokens/s 1234.5", "tokenizer=bert-base-uncased-2021a", "token_ids=[1, 2, 3]",
    "password = getpass.getpass()", 'password: str = ""', "api_key = os.environ['API_KEY']", "--password-file /run/secrets/x",
    "password: ***", "token: <your token>", "secret_key = config.secret_key", "git@github.com:ada/repo.git", "q@k.transpose(1, 2)",
    "x@w.to(device)", "user@example.com", "https://example.org/home/page", "/home/runner/work", "/root/x",
    "nvidia-curand-cu12==10.3.9.90", "pip 10.0.1.2.3", "http://localhost:8080/@x", "sha256:" + "a" * 64, "3f2b" * 10,
    "sk-toggleable__content-arrow sk-estimator-doc-link-fitted", "sk-container-id-12-more-words-1", "cache-key-" + "d41d" * 8,
    "PWD=/srv/x OLDPWD=/srv/y", "https://site.org/home/ann", "the password must be changed", "Authorization: ", "image@2x.png",
    "a token of gratitude for everyone123",
)  # fmt: skip


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert [(one.kind, text[one.start : one.end]) for one in book().find(text)] == []


def test_names_that_promise_a_secret_do_so_for_values_that_can_be_one() -> None:
    value = "q9Z8x7W6v5U4t3S2"
    for name in ("token", "hf_token", "apiKey", "db.password", "AWS_SECRET_ACCESS_KEY", "client-secret"):
        assert promises.promised(name, value), name
    for name in ("tokenizer", "max_tokens", "token_type", "key", "secretary", "password_file", "loss"):
        assert not promises.promised(name, value), name


@given(st.text(alphabet=st.sampled_from("ab<>&;\"\\nu0041\x1b[31m= spanti'"), max_size=80), st.booleans())
def test_a_text_and_what_people_read_of_it_lead_to_each_other(text: str, markup: bool) -> None:
    found = plain.of(text, markup=markup)
    if not markup:
        assert found.text == plain.quick(text)
    assert found.replaced([]) == text
    for start in range(len(found.text)):
        begin, stop = found.back(start, start + 1)
        assert 0 <= begin <= stop <= len(text)


def test_what_splits_a_secret_stays_when_it_is_replaced() -> None:
    for text, markup, after in (
        ("a \x1b[1mse\x1b[0mcret b", False, "a \x1b[1mX\x1b[0m b"),
        ("a se\\u0063ret\\n", False, "a X\\n"),
        ("<b>s<i>ec</i>ret</b>", True, "<b>X<i></i></b>"),
        ('<a title="my secret">x</a>', True, '<a title="my X">x</a>'),
        ("<p>sec&#114;et &amp; more</p>", True, "<p>X &amp; more</p>"),
    ):
        found = plain.of(text, markup=markup)
        at = found.text.index("secret")
        assert found.replaced([(at, at + 6, "X")]) == after


def test_one_file_is_looked_through_as_well() -> None:
    secrets = planted.plant(LOGS, seed=7, count=90)
    options = Options((LOGS,), SITE, gate=Gate())
    with pytest.raises(GateError) as found:
        single.write(options, Path("one.html"), single.MAX_SIZE)
    assert not Path("one.html").exists()
    values = {hit.value for hit in found.value.hits}
    assert sum(any(one.value in value for value in values) for one in secrets) >= 0.95 * len(secrets)
    single.write(dataclasses.replace(options, gate=Gate(key=KEY)), Path("one.html"), single.MAX_SIZE)
    file = Path("one.html").read_text(encoding="utf-8")
    packs = re.findall(r'<script type="text/plain" data-entry="(?!viewer:)[^"]*">([^<]*)</script>', file)
    texts = [
        gzip.decompress(base64.b64decode(one)).decode("utf-8", "replace")
        for one in packs
        if not one.startswith("data:")
    ]
    whole = plain.of(file.partition('<script type="text/plain"')[0], markup=True).text + "\n".join(texts)
    whole += plain.quick(whole) + plain.quick(plain.quick(whole))
    assert [one for one in secrets if one.value in whole] == []


def test_what_nobody_reads_of_a_page_is_read() -> None:
    folder = write_run(LOGS, "told", [{"page": {"_type": "html-file", "path": "media/html/h.html"}}], **NOBODY)
    (folder / "files/media/html").mkdir(parents=True)
    others = ("xoxb-" + "1" * 12 + "-a1B2c3D4e5F6", "hf_" + "aB" * 17)
    text = f"<!-- {TOKEN} --><script>x('{others[0]}')</script><p title={others[1]}>y</p>"
    (folder / "files/media/html/h.html").write_text(text)
    assert {hit.value for hit in told().hits} == {TOKEN, *others}
    build(Gate(key=KEY))
    assert not [value for value in (TOKEN, *others) if value in says()]
    assert "<script>x('‹slack-token-" in says()


def test_random_data_are_no_alarm() -> None:
    chance = random.Random(1)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    data: dict[str, Any] = {"image/png": "".join(chance.choices(letters, k=1_000_000))}
    assert list(Gate().look_into(orjson.dumps(data).decode(), "x")) == []
    numbers = " ".join(f"{chance.random():.16g}" for _ in range(50_000))
    assert list(Gate().look(numbers, "x")) == []


@pytest.mark.parametrize("gate", [Gate(), Gate(key=KEY)], ids=["blocks", "replaces"])
@pytest.mark.parametrize("place", ["project", "run"])
def test_names_are_looked_at_as_people_gave_them_and_never_shown(gate: Gate, place: str) -> None:
    """Capitals and signs are escaped in file names, behind which nothing must hide."""
    project, run = (TOKEN, "r") if place == "project" else ("p", TOKEN)
    write_run(LOGS, run, [{"loss": 1}], project=project, **NOBODY)
    said = str(told(gate))
    assert "its name" in said
    assert TOKEN not in said
    assert layout.file_name(TOKEN) not in said
    assert not (SITE / "index.html").exists()


def test_a_users_name_is_replaced_in_sentences_too() -> None:
    who = {**NOBODY, "user": "jdoe1987"}
    write_run(
        LOGS, "r", [{"note": "by jdoe1987, again"}], config={"path": "/data/jdoe1987/exp"}, notes="jdoe1987's", **who
    )
    build(Gate(key=KEY))
    assert "jdoe1987" not in says()
    assert "‹user-" in says()
