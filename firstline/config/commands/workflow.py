"""`firstline workflow …`: workflows from the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from firstline.config.commands import set_up

if TYPE_CHECKING:
    from firstline.flow.workflows.engine.definition import Definition


@click.group("workflow")
def command() -> None:
    """Read, check, convert and trace workflows."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True, dir_okay=False))
@click.option("--input", "text", default="", help="What conditions find in the variable “test”.")
@click.option("--set", "variables", metavar="NAME=VALUE", multiple=True, help="The value of another variable.")
def trace(file: Path, text: str, variables: tuple[str, ...]) -> None:
    """Run a BPMN 2.0 file whose scripts are placeholders; print {status, trace, reason} as JSON."""
    from firstline.flow.workflows.engine.bpmn.tracing import trace as traced  # noqa: PLC0415 -- start-up time

    json.dump(traced(_content(file), text, _values(variables)), sys.stdout, ensure_ascii=False)
    sys.stdout.write("\n")


@command.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True, dir_okay=False))
def check(file: Path) -> None:
    """Read a workflow document; print what is wrong with it, a line each."""
    _definition(file)
    click.echo("Nothing is wrong with it.")


@command.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True, dir_okay=False))
def export(file: Path) -> None:
    """Print a workflow document as BPMN 2.0."""
    from firstline.flow.workflows.engine.bpmn.exporting import exported  # noqa: PLC0415 -- start-up time

    sys.stdout.write(exported(_definition(file)))


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True, dir_okay=False))
def import_(file: Path) -> None:
    """Print a BPMN 2.0 file as a workflow document, or what cannot be taken in."""
    set_up()
    from firstline.flow.workflows.engine.bpmn.importing import imported  # noqa: PLC0415 -- start-up time
    from firstline.flow.workflows.engine.definition import write  # noqa: PLC0415 -- start-up time
    from firstline.flow.workflows.fields import HouseLanguage  # noqa: PLC0415 -- needs loaded apps

    definition, problems = imported(_content(file), HouseLanguage())
    if definition is None:
        raise click.ClickException("\n".join(map(str, problems)))
    sys.stdout.write(write(definition))


@command.command()
def schema() -> None:
    """Print the JSON Schema of workflow documents."""
    from firstline.flow.workflows.engine.definition.schema import as_text  # noqa: PLC0415 -- start-up time

    sys.stdout.write(as_text())


def _definition(file: Path) -> Definition:
    set_up()
    from firstline.flow.workflows.engine.definition import read  # noqa: PLC0415 -- start-up time
    from firstline.flow.workflows.fields import HouseLanguage  # noqa: PLC0415 -- needs loaded apps

    try:
        text = _content(file).decode()
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is no text.") from error
    definition, problems = read(text, HouseLanguage())
    if problems or definition is None:
        raise click.ClickException("\n".join(map(str, problems)))
    return definition


def _content(file: Path) -> bytes:
    return sys.stdin.buffer.read() if str(file) == "-" else _bytes_of(file)


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from error


def _values(variables: tuple[str, ...]) -> dict[str, object]:
    found: dict[str, object] = {}
    for variable in variables:
        name, equals, value = variable.partition("=")
        if not equals or not name:
            raise click.ClickException(f"“{variable}” is not written as NAME=VALUE.")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found
