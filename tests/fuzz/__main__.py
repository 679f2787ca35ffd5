"""Coverage-guided fuzzing of what reads strangers' pages: `python tests/fuzz article|claimreview [libFuzzer options]`.

Starts from the pages of `seeds()`; ends by itself after RUNS inputs or SECONDS, whichever is first, unless told
otherwise (`-runs=-1 -max_total_time=3600` for an hour). What breaks is written to `crash-…` beside the caller.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import atheris

RUNS, SECONDS = 3_000, 60
LONGEST = 4_096  # bytes of an input: short ones are tried by the thousand
HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent)]

with atheris.instrument_imports(include=["obelism.article", "obelism.statements", "obelism.ingest"]):
    from obelism import records
    from obelism.article import read_article
    from obelism.errors import BadInput
    from obelism.ingest import pages
    from obelism.model import Claim, Page
    from obelism.statements import statements_of


def article(data: bytes) -> None:
    """Any page is an article with sentences that stand in its text, or is refused."""
    try:
        found = read_article(
            Page(data.decode("utf-8", "surrogatepass" if data[:1] == b"\xed" else "replace"))
        )
    except (BadInput, UnicodeDecodeError):
        return
    for statement in statements_of(found):
        assert found.text[statement.start : statement.end] == statement.text


def claimreview(data: bytes) -> None:
    """Any page gives claims that can be kept and read back, or says why it gives none."""
    found = list(pages.claims_of(data, "page", "https://checks.example/page"))
    assert found
    for one in found:
        if isinstance(one, Claim):
            assert records.load(records.dump(one)) == one


def seeds(name: str) -> Iterator[bytes]:
    """Where the fuzzer starts: few and short, so that each step is quick."""
    yield from (path.read_bytes()[:LONGEST] for path in sorted((HERE / name).iterdir()))


TARGETS = {"article": article, "claimreview": claimreview}


def main() -> None:
    name, *options = sys.argv[1:] or [""]
    if name not in TARGETS:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory(prefix="obelism-fuzz-") as corpus:
        for number, seed in enumerate(seeds(name)):
            (Path(corpus) / str(number)).write_bytes(seed)
        bounds = [
            f"-runs={RUNS}",
            f"-max_total_time={SECONDS}",
            f"-max_len={LONGEST}",
            "-report_slow_units=60",
            "-timeout=60",
        ]
        atheris.Setup([sys.argv[0], *bounds, *options, corpus], TARGETS[name])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
