"""`firstline calendar …`: ask calendars."""

from __future__ import annotations

import json
import sys

import click


@click.group("calendar")
def command() -> None:
    """Compute with working hours and holidays."""


@command.command()
def answer() -> None:
    """Answer a JSON list of questions on standard input with a JSON list of {id, answer}."""
    from firstline.core.calendars.engine.answering import answer_all  # noqa: PLC0415 -- start-up time
    from firstline.core.calendars.engine.hours import CalendarWrong  # noqa: PLC0415 -- start-up time

    try:
        answers = answer_all(json.load(sys.stdin))
    except json.JSONDecodeError as error:
        raise click.ClickException(f"This is not JSON: {error}.") from error
    except CalendarWrong as error:
        raise click.ClickException(str(error)) from error
    json.dump(answers, sys.stdout, ensure_ascii=False)
    sys.stdout.write("\n")
