"""obelism serve | check | lookup | claims | evaluate | token | doctor"""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from pathlib import Path

import click

from obelism import __version__
from obelism.errors import ObelismError

# Loaded when they are called: what one command needs others should not wait for, and `serve` must set
# the stage before the libraries that it configures are imported.
COMMANDS = ("serve", "check", "lookup", "claims", "evaluate", "token", "doctor")


class Commands(click.Group):
    """The command NAME is the object of that name in the module of that name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"obelism.cli.{cmd_name}"), cmd_name)
        return command


@click.command(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="obelism")
def cli() -> None:
    """Side notes for contested claims: who says it, who disputes it, where to read that.

    Settings are OBELISM_* environment variables; see docs/SETTINGS.md.
    """


def main() -> None:
    """Run the command line; whatever goes wrong ends in one line and an exit code."""
    try:
        cli.main(prog_name="obelism", standalone_mode=False)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _fail("interrupted", 130)
    except BrokenPipeError:
        # `obelism check … | head`: the reader has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except ObelismError as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        _fail(
            f"a mistake of the program: {type(error).__name__} in {Path(place.filename).name}:{place.lineno}"
        )


def _fail(message: str, code: int = 1) -> None:
    click.echo(f"obelism: {' '.join(message.split())}", err=True)
    sys.exit(code)
