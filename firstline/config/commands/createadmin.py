"""`firstline createadmin`: the first admin, or another one. Never offered on the web (TRUST D16)."""

from __future__ import annotations

import click


@click.command()
@click.option("--email", prompt="E-mail", help="The address they sign in with.")
@click.option("--name", default="", help="Their name.")
@click.option(
    "--password", default=None, help="Asked for if not given; better not given: it would stay in the history."
)
@click.option("--no-password", is_flag=True, help="They sign in with codes by mail only.")
def command(email: str, name: str, password: str | None, no_password: bool) -> None:
    """Make somebody admin; opens their account if there is none."""
    from firstline.config.commands import set_up  # noqa: PLC0415 -- start-up time

    set_up()
    if password is None and not no_password:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    click.echo(make_admin(email, name=name, password=password or ""))


def make_admin(email: str, *, name: str = "", password: str = "") -> str:
    """Do it in one transaction, and say what was done. Doing it twice is doing it once."""
    from django.contrib.auth.password_validation import validate_password  # noqa: PLC0415 -- start-up time
    from django.core.exceptions import ValidationError  # noqa: PLC0415 -- start-up time
    from django.db import transaction  # noqa: PLC0415 -- start-up time

    from firstline.core.actions import Refused, via  # noqa: PLC0415 -- start-up time
    from firstline.people.access.actions.grant import grant  # noqa: PLC0415 -- start-up time
    from firstline.people.access.models import Role  # noqa: PLC0415 -- start-up time
    from firstline.people.accounts.actions.open import get_or_open  # noqa: PLC0415 -- start-up time
    from firstline.people.accounts.actions.reactivate import reactivate  # noqa: PLC0415 -- start-up time
    from firstline.people.accounts.actions.sign_in import note_password_change, verify_email  # noqa: PLC0415 -- start-up time

    with via("command"), transaction.atomic():
        try:
            person = get_or_open(email, name, by=None)
            reactivate(person, by=None)
            verify_email(person, by=None)
            if password:
                validate_password(password, person)
                person.set_password(password)
                person.save(update_fields=["password"])
                note_password_change(person, by=None)
            grant(person, Role.ADMIN, by=None)
        except (Refused, ValidationError) as error:
            sentences = error.messages if isinstance(error, ValidationError) else [str(error)]
            raise click.ClickException(" ".join(sentences)) from error
    return f"{person.email} is admin."
