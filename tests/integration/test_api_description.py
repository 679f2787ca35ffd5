"""The description at /openapi.json is fuzzed: all that it says is true, all checks of schemathesis hold."""

import subprocess
import sys
from pathlib import Path

import pytest

from obelism.api import health
from obelism.store import open_store
from serving import application, program, running, settings_in

ROOT = Path(__file__).parents[2]
PROGRAM = str(Path(sys.executable).with_name("schemathesis"))


def test_the_description_is_made_once_and_not_anew_for_each_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    describe, made = health.describe, []
    monkeypatch.setattr(health, "describe", lambda operations: made.append(1) or describe(operations))
    with application() as app:
        client = program(app)
        descriptions = [client.get("/openapi.json").json for _ in range(3)]
    assert len(made) == 1
    assert "/v1/notes" in descriptions[0]["paths"]
    assert descriptions[0] == descriptions[2]


def test_the_service_answers_as_its_description_says_whatever_it_is_asked(tmp_path: Path) -> None:
    unlimited = {"OBELISM_TOKEN_FAILURES": "1000000 per minute", "OBELISM_REQUEST_SECONDS": "60"}
    with running(tmp_path, **unlimited) as service:
        store = open_store(settings_in(tmp_path).database_url)
        secret, _ = store.tokens.create("fuzzer", ["edit"], "test")
        store.close()
        done = subprocess.run(
            [
                *(PROGRAM, "--config-file", str(ROOT / "schemathesis.toml")),
                *("run", f"{service.address}/openapi.json", "--checks", "all", "--max-examples", "10"),
                *("--phases", "coverage,fuzzing,stateful", "--seed", "20261122", "--max-failures", "5"),
                *("--header", f"Authorization: Bearer {secret}", "--warnings", "off"),
            ],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=900,
            check=False,
        )
        shown = "\n".join(line[:500] for line in done.stdout.splitlines()[-80:])
        assert done.returncode == 0, shown + done.stderr
        assert '"crash"' not in service.log.read_text("utf-8")
