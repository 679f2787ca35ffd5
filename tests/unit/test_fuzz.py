"""The fuzz targets of tests/fuzz find nothing in a bounded run, and would find what breaks a promise."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).parents[1] / "fuzz"

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris has no wheel for this system"
)


@pytest.mark.parametrize("target", ["article", "claimreview"])
def test_pages_that_a_fuzzer_thinks_of_break_nothing(target: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(FUZZ), target, "-runs=1000", "-max_total_time=30", "-seed=20261122"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Done " in done.stderr
