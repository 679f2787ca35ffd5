"""Obelism: side notes for contested claims in news pages."""

import os

__version__ = "0.1.0"

# From 1.29 on onnxruntime reports each session it opens to its maker, keeps a device id in the user's cache
# folder, and leaves a thread behind that makes forked workers hang or abort when they end. It reads this when
# it is imported. Nothing leaves a reader's machine, so it is set whatever the environment says.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
