"""`firstline release`: let a restored desk speak to the outside."""

from __future__ import annotations

import click

from firstline.config.commands import set_up


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(yes: bool) -> None:
    """Let mail, chat and webhooks of a restored desk go out.

    Make sure that its original has stopped: otherwise people hear everything twice.
    """
    set_up()
    from firstline.core.quiet.actions.speak import speak  # noqa: PLC0415 -- start-up time
    from firstline.core.quiet.models import Silence  # noqa: PLC0415 -- start-up time

    silence = Silence.objects.filter(ended_at__isnull=True).first()
    if silence is None:
        click.echo("Nothing is held back here.")
        return
    if not yes:
        click.confirm(
            f"Held back since {silence.began_at:%Y-%m-%d %H:%M} UTC: {silence.reason}.\nLet it speak?", abort=True
        )
    speak(by=None)
    click.echo("Released. What was waiting goes out now.")
