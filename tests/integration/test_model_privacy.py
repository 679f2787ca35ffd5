"""The networks that the service runs report to nobody, and leave nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

# A page is judged, then a worker is forked off and ends, as under `obelism serve`.
PROGRAM = """
import os, sys
from obelism.verifier import Pair, default_verifier
default_verifier().judge([[Pair("The bridge was closed.", "The bridge was shut.")]])
child = os.fork()
if child == 0:
    sys.exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_the_verifier_keeps_no_device_id_and_forked_workers_end_cleanly(tmp_path: Path) -> None:
    environ = {
        name: value for name, value in os.environ.items() if name not in {"CI", "ORT_DISABLE_TELEMETRY"}
    }
    environ |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.rglob("*")) == []
