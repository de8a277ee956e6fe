"""`firstline doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

import sys

import click

from firstline.config.commands import set_up
from firstline.config.environment import environment
from firstline.config.health import Finding, of_the_desk, of_the_machine

SIGNS = {"good": "[green]✓ good[/]", "look": "[yellow]! look[/]", "bad": "[red]✗ bad[/]"}


@click.command()
@click.option("--plain", is_flag=True, help="One line per check, for other programs to read.")
def command(plain: bool) -> None:
    """Check Python, database, disk, settings, jobs and mail; say what to do.

    Ends with 1 if anything is bad, so that a monitor can run it.
    """

    findings = [*of_the_machine(environment)]
    try:
        set_up()
        findings += of_the_desk(environment)
    except Exception as error:
        findings.append(Finding("Start", "bad", f"{type(error).__name__}: {error}", "See the sentence on the left."))
    if plain:
        for finding in findings:
            click.echo(f"{finding.state}\t{finding.what}\t{finding.found}\t{finding.advice}")
    else:
        _table(findings)
    sys.exit(1 if any(finding.state == "bad" for finding in findings) else 0)


def _table(findings: list[Finding]) -> None:
    from rich.console import Console  # noqa: PLC0415 -- start-up time
    from rich.markup import escape  # noqa: PLC0415 -- start-up time
    from rich.table import Table  # noqa: PLC0415 -- start-up time

    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for finding in findings:
        table.add_row(SIGNS[finding.state], finding.what, escape(finding.found))
        if finding.advice:
            table.add_row("", "", f"[dim]→ {escape(finding.advice)}[/]")
    Console(highlight=False).print(table)
