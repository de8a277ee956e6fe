"""The command `firstline`. One file per sub-command in firstline/config/commands/."""

from __future__ import annotations

import os
import sys
import traceback

import click
from rich.console import Console

from firstline.config.commands import Commands, explain


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="firstline", prog_name="firstline")
@click.option("--debug", is_flag=True, help="Show the whole traceback when something fails.")
def firstline(debug: bool) -> None:
    """Firstline, the IT help desk whose work flows.

    To look at it: `firstline demo`. To check an installation: `firstline doctor`.
    """
    if debug:
        os.environ["FIRSTLINE_TRACEBACK"] = "1"


def main() -> None:
    """Run, and turn whatever goes wrong into a sentence that says what to do."""
    try:
        firstline(prog_name="firstline")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get("FIRSTLINE_TRACEBACK"):
            traceback.print_exc()
        Console(stderr=True, highlight=False).print(f"[bold red]Error:[/] {explain(error)}", soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
