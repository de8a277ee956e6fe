"""`firstline createadmin`: the first person who may do everything, or one more."""

from __future__ import annotations

import sys

import click

from firstline.config.commands import set_up


@click.command()
@click.argument("email")
@click.option("--name", default="", help="How the person is called.")
@click.option("--password-from-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def command(email: str, name: str, password_from_stdin: bool) -> None:
    """Make the person with this EMAIL an admin, with a new password.

    Somebody who has an account keeps it. Whoever can run this command can read the whole database anyway.
    """
    set_up()
    from django.contrib.auth.password_validation import validate_password  # noqa: PLC0415 -- start-up time
    from django.core.exceptions import ValidationError  # noqa: PLC0415 -- start-up time
    from django.db import transaction  # noqa: PLC0415 -- start-up time

    from firstline.core.actions import Refused, via  # noqa: PLC0415 -- start-up time
    from firstline.flow.sla.actions.start import start  # noqa: PLC0415 -- start-up time
    from firstline.flow.sla.models import Agreement  # noqa: PLC0415 -- start-up time
    from firstline.people.access.actions.grant import grant  # noqa: PLC0415 -- start-up time
    from firstline.people.access.models import Role  # noqa: PLC0415 -- start-up time
    from firstline.people.accounts.actions.open import open_person  # noqa: PLC0415 -- start-up time
    from firstline.people.accounts.actions.sign_in import note_password_change  # noqa: PLC0415 -- start-up time
    from firstline.people.accounts.models import Person, address_of  # noqa: PLC0415 -- start-up time

    if password_from_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        with transaction.atomic(), via("command"):
            person = Person.objects.filter(email=address_of(email)).first()
            person = person or open_person(email, name=name, is_verified=True, by=None)
            validate_password(password, person)
            person.set_password(password)
            person.save(update_fields=["password"])
            note_password_change(person, by=None)
            grant(person, Role.ADMIN, by=None)
            if not Agreement.objects.exists():  # a new desk: it begins with the usual promises
                start(by=None)
    except ValidationError as error:
        raise click.ClickException(" ".join(error.messages)) from error
    except Refused as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{person.display_name} is an admin now. Sign in at {_address()}.")


def _address() -> str:
    from firstline.config.environment import environment  # noqa: PLC0415 -- start-up time

    return environment.base_url
