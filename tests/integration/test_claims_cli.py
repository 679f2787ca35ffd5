"""`obelism claims`: what an operator types, and what comes back."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from obelism import records
from obelism.cli import main
from obelism.model import Claim, Position, Review
from obelism.store import BATCH, open_store
from webserver import Answer, Site, running_site

OBELISM = [sys.executable, "-c", "from obelism.cli import main; main()"]

MOON = Claim(
    "moon",
    "The Moon is made of “cheese”.",
    "en",
    claimant="Wallace",
    reviews=(Review("Full Fact", "False", "https://fullfact.org/moon", "Rock", "2024-05-01", "en"),),
    positions=(Position("NASA", "denies", "https://nasa.gov/moon", "", None),),
)
SUN = Claim("sun", "Le Soleil est froid.", "fr")


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(url: str, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs `obelism claims …` on an empty database of each engine."""
    monkeypatch.setenv("OBELISM_DATABASE_URL", url)
    monkeypatch.setenv("OBELISM_STARTER_CLAIMS", "0")

    def run(*arguments: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["obelism", "claims", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        captured = capfdbinary.readouterr()
        return Done(code, captured.out.decode(), captured.err.decode())

    return run


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture
def claims_file(tmp_path: Path) -> Path:
    path = tmp_path / "claims.jsonl"
    path.write_text("".join(f"{records.dump(claim)}\n" for claim in (MOON, SUN)), encoding="utf-8")
    return path


# --- import ---------------------------------------------------------------------------------------


def test_an_import_can_be_run_again(run: Run, claims_file: Path) -> None:
    assert run("import", claims_file) == Done(0, "2 added, 0 changed, 0 unchanged, 0 rejected\n", "")
    assert run("import", claims_file) == Done(0, "0 added, 0 changed, 2 unchanged, 0 rejected\n", "")


def test_an_odd_but_legal_file_is_taken_and_taken_again_without_a_change(run: Run, tmp_path: Path) -> None:
    terse = {
        "id": 7,
        "text": "La Lune est en fromage.",
        "language": "fra",
        "reviews": [{"url": "https://p.example/7"}],
    }
    other = {**terse, "text": "Le Soleil est froid."}
    lines = ["", records.dump(MOON), "  ", json.dumps(terse), records.dump(MOON), json.dumps(other), ""]
    (tmp_path / "odd.jsonl").write_bytes(("\ufeff" + "\r\n".join(lines)).encode())
    complaint = "7: stands further up in this source with another content; the first is kept\n"
    first, again = run("import", tmp_path / "odd.jsonl"), run("import", tmp_path / "odd.jsonl")
    assert first == Done(0, "2 added, 0 changed, 1 unchanged, 1 rejected\n", complaint)
    assert again == Done(0, "0 added, 0 changed, 3 unchanged, 1 rejected\n", complaint)


def test_bad_lines_are_named_on_standard_error_and_both_counts_printed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text(
        "id,text,language,publisher,url\nmoon,The Moon,en,P,https://p.example/1\nsun,The Sun,en,P,\n"
    )
    done = run("import", tmp_path / "claims.csv")
    assert done.code == 0
    assert done.out == "1 added, 0 changed, 0 unchanged, 1 rejected\n"
    assert done.err == "claims.csv line 3: review has no url; every review needs an http(s) address\n"


def test_an_import_of_nothing_good_ends_with_1(run: Run, tmp_path: Path) -> None:
    (tmp_path / "claims.jsonl").write_text('{"id": "x"}\n')
    done = run("import", tmp_path / "claims.jsonl")
    assert (done.code, done.out) == (1, "0 added, 0 changed, 0 unchanged, 1 rejected\n")


def test_sources_that_cannot_be_read_do_not_stop_the_others(run: Run, claims_file: Path) -> None:
    done = run("import", "/no/such/file.jsonl", claims_file)
    assert done.code == 0
    assert done.err == "obelism: /no/such/file.jsonl cannot be read: No such file or directory\n"
    assert done.out.splitlines() == [
        f"{claims_file}: 2 added, 0 changed, 0 unchanged, 0 rejected",
        "2 added, 0 changed, 0 unchanged, 0 rejected; 1 of 2 sources could not be read",
    ]
    assert run("import", "/no/such/file.jsonl").code == 1


def test_standard_input_is_a_source(run: Run, monkeypatch: pytest.MonkeyPatch, claims_file: Path) -> None:
    with claims_file.open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert run("import", "-").out.startswith("2 added")


def test_this_network_is_asked_only_when_allowed(run: Run, site: Site) -> None:
    site["/claims.jsonl"] = records.dump(MOON)
    refused = run("import", site.url("/claims.jsonl"))
    assert refused.code == 1
    assert "--allow-private permits that" in refused.err
    assert run("import", "--allow-private", site.url("/claims.jsonl")).out.startswith("1 added")


def test_an_operator_s_retirement_outlasts_an_import(run: Run, claims_file: Path) -> None:
    run("import", claims_file)
    assert run("retire", "moon") == Done(0, "moon is retired\n", "")
    assert run("import", claims_file).out == (
        "0 added, 0 changed, 1 unchanged, 0 rejected, 1 retired before and left so\n"
    )
    assert "moon" not in run("list").out
    assert "moon" in run("list", "--retired").out
    assert run("revive", "moon").out == "moon is in service again\n"
    assert "moon" in run("list").out


def test_a_killed_import_loses_nothing_and_can_be_run_again(run: Run, url: str, tmp_path: Path) -> None:
    many = tmp_path / "many.jsonl"
    with many.open("w") as file:
        for n in range(20 * BATCH):
            file.write(records.dump(Claim(f"c{n:06}", f"Claim {n}", "en")) + "\n")
    process = subprocess.Popen([*OBELISM, "claims", "import", str(many)], stdout=subprocess.DEVNULL)
    store = open_store(url)
    while store.count() == 0 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = store.count()
    assert kept > 0
    assert kept % BATCH == 0
    store.close()
    assert run("import", many).out == f"{20 * BATCH - kept} added, 0 changed, {kept} unchanged, 0 rejected\n"


def test_progress_is_shown_on_a_terminal(tmp_path: Path, claims_file: Path) -> None:
    environ = os.environ | {
        "OBELISM_DATABASE_URL": f"sqlite:///{tmp_path}/c.db",
        "OBELISM_STARTER_CLAIMS": "0",
    }
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*OBELISM, "claims", "import", str(claims_file)], stderr=theirs, stdout=subprocess.PIPE, env=environ
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # how a terminal ends on Linux
        pass
    os.close(ours)
    assert process.communicate()[0] == b"2 added, 0 changed, 0 unchanged, 0 rejected\n"
    assert b"claims.jsonl" in shown
    assert b"100%" in shown


# --- looking --------------------------------------------------------------------------------------


def test_claims_are_listed_with_their_status(run: Run, claims_file: Path) -> None:
    run("import", claims_file)
    assert run("list") == Done(
        0,
        "moon\trefuted\ten\tThe Moon is made of “cheese”.\nsun\tunrated\tfr\tLe Soleil est froid.\n",
        "2 of 2 claims\n",
    )
    assert run("list", "--limit", "1").err == "1 of 2 claims; the next: --after moon\n"
    assert run("list", "--after", "moon").out.startswith("sun\t")


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--status", "refuted"], ["moon"]),
        (["--language", "fr"], ["sun"]),
        (["--language", "FR-ca"], ["sun"]),
        (["--publisher", "FULL FACT"], ["moon"]),
        (["--query", "soleil"], ["sun"]),
        (["--since", "2024-05-02"], []),
    ],
)
def test_lists_and_exports_can_be_narrowed(
    run: Run, claims_file: Path, options: list[str], ids: list[str]
) -> None:
    run("import", claims_file)
    assert [line.split("\t")[0] for line in run("list", *options).out.splitlines()] == ids
    assert [json.loads(line)["id"] for line in run("export", *options).out.splitlines()] == ids


@pytest.mark.parametrize(
    ("command", "option", "mistake"),
    [
        ("list", ("--since", "lately"), "'lately' is not a date such as 2024-10-25"),
        ("export", ("--language", "English, mostly"), "'English, mostly' is not a language tag such as fr"),
        ("import", ("--language", "", "-"), "'' is not a language tag such as fr"),
        ("import", ("--since", "2024-02-30", "-"), "'2024-02-30' is not a date such as 2024-10-25"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(
    run: Run, command: str, option: tuple[str, ...], mistake: str
) -> None:
    done = run(command, *option)
    assert (done.code, done.out) == (2, "")
    assert f"Invalid value for '{option[0]}': {mistake}" in done.err


def test_one_claim_is_shown_with_its_sources_and_history(run: Run, claims_file: Path) -> None:
    run("import", claims_file)
    run("retire", "sun")
    shown = run("show", "moon").out
    for words in (
        "The Moon is made of “cheese”.",
        "Full Fact",
        "“False”",
        "https://fullfact.org/moon",
        "NASA",
    ):
        assert words in shown
    assert run("show", "moon", "--json").out == records.dump(MOON) + "\n"
    history = run("show", "sun", "--history").out
    assert "sun is out of service" in history
    assert "add by command line" in history
    assert "retire by command line" in history


@pytest.mark.parametrize("command", ["show", "retire", "revive"])
def test_a_claim_that_is_not_there_is_named(run: Run, command: str) -> None:
    done = run(command, "mars")
    assert (done.code, done.out, done.err) == (1, "", "obelism: no claim mars\n")


def test_claims_from_hostile_sources_do_not_reach_the_terminal_as_commands(run: Run, tmp_path: Path) -> None:
    hostile = {
        "id": "x",
        "text": "[bold red]not markup[/] [link=file:///etc/passwd]x[/link]",
        "language": "en",
    }
    escape = {"id": "y", "text": "\x1b[2J gone", "language": "en"}
    (tmp_path / "x.jsonl").write_text(json.dumps(hostile) + "\n" + json.dumps(escape) + "\n")
    done = run("import", tmp_path / "x.jsonl")
    assert "\x1b" not in done.err + run("show", "y").out + run("list").out
    assert "[bold red]not markup[/]" in run("show", "x").out
    assert "[bold red]not markup[/]" in run("list").out


# --- export ---------------------------------------------------------------------------------------


def test_an_export_is_the_import_byte_for_byte(run: Run, claims_file: Path, tmp_path: Path) -> None:
    run("import", claims_file)
    assert run("export").out.encode() == claims_file.read_bytes()
    run("export", "--output", tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == claims_file.read_bytes()


def test_all_forms_can_be_imported_again(run: Run, claims_file: Path, tmp_path: Path) -> None:
    run("import", claims_file)
    run("export", "--form", "csv", "--output", tmp_path / "again.csv")
    assert run("import", tmp_path / "again.csv").out == "0 added, 0 changed, 2 unchanged, 0 rejected\n"
    run("export", "--form", "claimreview", "--output", tmp_path / "feed.json")
    [element] = json.loads((tmp_path / "feed.json").read_text())["dataFeedElement"]
    assert element["item"][0]["claimReviewed"] == MOON.text
    assert run("import", tmp_path / "feed.json").out.startswith("1 added")


# --- merging, feeds, backups ----------------------------------------------------------------------


def test_a_merge_is_made_and_undone(run: Run, claims_file: Path) -> None:
    run("import", claims_file)
    made = run("merge", "moon", "sun")
    assert made.out == "sun is part of moon now; to undo: obelism claims unmerge 1\n"
    assert "Le Soleil est froid." in run("show", "moon").out
    assert run("unmerge", "1").out == "merge 1 is undone\n"
    assert run("export").out.encode() == claims_file.read_bytes()
    assert run("unmerge", "1").code == 1
    assert run("suggestions") == Done(0, "", "")


def test_feeds_are_kept_fresh(run: Run, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site["/feed"] = Answer(records.dump(MOON).encode(), headers={"ETag": '"1"'})
    site["/other"] = records.dump(SUN)
    assert run("sync").err == "obelism: there are no feeds; add one: obelism claims feed add ADDRESS\n"
    assert run("feed", "add", site.url("/feed")).out == f"{site.url('/feed')} is a feed now\n"
    monkeypatch.setenv("OBELISM_FEEDS", site.url("/other"))
    assert run("sync", "--allow-private") == Done(
        0,
        f"{site.url('/feed')}: 1 added, 0 changed, 0 unchanged, 0 rejected\n"
        f"{site.url('/other')}: 1 added, 0 changed, 0 unchanged, 0 rejected\n",
        "",
    )
    assert f"{site.url('/feed')}: nothing new" in run("sync", "--allow-private").out
    assert "up to date" in run("feed", "list").out
    del site.pages["/feed"]
    failed = run("sync", "--allow-private")
    assert failed.code == 1
    assert "failed: " in failed.out
    assert "the last try failed" in run("feed", "list").out
    assert run("feed", "remove", site.url("/feed")).code == 0
    assert run("feed", "add", "nonsense").code == 1


def test_everything_is_backed_up_and_restored(
    run: Run, claims_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new_url: Callable[[], str]
) -> None:
    run("import", claims_file)
    run("retire", "sun")
    assert run("backup", tmp_path / "backup.gz").code == 0
    assert "holds rows already" in run("restore", tmp_path / "backup.gz").err
    monkeypatch.setenv("OBELISM_DATABASE_URL", new_url())
    # The package's own claims do not get in the way of a restore.
    monkeypatch.setenv("OBELISM_STARTER_CLAIMS", "1")
    assert run("restore", tmp_path / "backup.gz").code == 0
    monkeypatch.setenv("OBELISM_STARTER_CLAIMS", "0")
    assert run("export").out == records.dump(MOON) + "\n"
    assert "sun" in run("list", "--retired").out


def test_a_database_that_cannot_be_reached_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OBELISM_DATABASE_URL", "postgresql://anna:secret@127.0.0.1:1/x")
    done = run("list")
    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert "secret" not in done.err
