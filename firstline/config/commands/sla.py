"""`firstline sla …`: clocks from the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from firstline.config.commands import set_up


@click.group("sla")
def command() -> None:
    """Replay scenarios, and compute clocks anew from what happened."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True, dir_okay=False))
def replay(file: Path) -> None:
    """Play the scenarios of a JSON file; print how the clocks stand at each checkpoint."""
    from firstline.core.calendars.engine.hours import CalendarWrong  # noqa: PLC0415 -- start-up time
    from firstline.flow.sla.engine.replay import replay_all  # noqa: PLC0415 -- start-up time

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text()
        answers = replay_all(json.loads(text))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise click.ClickException(f"This is not JSON: {error}.") from error
    except CalendarWrong as error:
        raise click.ClickException(str(error)) from error
    json.dump(answers, sys.stdout, ensure_ascii=False)
    sys.stdout.write("\n")


@command.command()
@click.option("--open", "unsolved_only", is_flag=True, help="Only tickets that are not solved.")
def rebuild(unsolved_only: bool) -> None:
    """Compute every clock anew from what happened; says how many were wrong. Safe at any time, and after an import."""
    set_up()
    from firstline.flow.sla.jobs import rebuild_in_steps  # noqa: PLC0415 -- needs loaded apps

    wrong = rebuild_in_steps(unsolved_only=unsolved_only)
    click.echo(f"{wrong} clocks computed anew; all others stood as they should.")
