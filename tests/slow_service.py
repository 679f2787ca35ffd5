"""`obelism serve` with a pipeline that a word in a page makes slow, wrong, or hang beyond any exception."""

import os
import threading
import time

from flask import Flask

from obelism.cli.serve import Server
from obelism.model import Page, Reading
from obelism.settings import Settings


class SlowServer(Server):
    def load(self) -> Flask:
        app: Flask = super().load()
        pipeline = app.extensions["obelism"].pipeline
        read = pipeline.read

        def slowly(page: Page) -> Reading:
            if "takes a second" in page.html:
                time.sleep(1)
            while "never ends" in page.html:
                time.sleep(0.01)
            if "makes a mistake" in page.html:
                raise ValueError(page.html)
            if "hangs for ever" in page.html:
                # One endless call in C: no exception can arrive in it.
                threading.Event().wait()
            return read(page)

        pipeline.read = slowly
        return app


if __name__ == "__main__":
    SlowServer(Settings.from_environment(os.environ)).run()
