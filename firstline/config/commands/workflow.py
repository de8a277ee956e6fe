"""`firstline workflow …`: workflows from the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click


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
def schema() -> None:
    """Print the JSON Schema of workflow documents."""
    from firstline.flow.workflows.engine.definition.schema import as_text  # noqa: PLC0415 -- start-up time

    sys.stdout.write(as_text())


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
