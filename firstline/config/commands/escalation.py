"""`firstline escalation …`: paths from the command line."""

from __future__ import annotations

import click

from firstline.config.commands import set_up


@click.group("escalation")
def command() -> None:
    """Try escalation paths on what has happened."""


@command.command()
@click.option("--days", default=30, show_default=True, help="Tickets opened in so many days.")
def replay(days: int) -> None:
    """Say whom each path in use would have asked about how many tickets. Nothing is changed."""
    set_up()
    from firstline.flow.escalation.models import Path  # noqa: PLC0415 -- needs loaded apps
    from firstline.flow.escalation.queries import levels_of, trial  # noqa: PLC0415 -- needs loaded apps

    for path in Path.objects.filter(is_active=True).order_by("position", "id"):
        done = trial(path, None, days=days)
        click.echo(f"{path.name}: {done.tickets} tickets")
        for step, level in enumerate(levels_of(path), 1):
            click.echo(f"  {step}. {level.name:<30} asked about {done.by_level.get(step, 0)}")
