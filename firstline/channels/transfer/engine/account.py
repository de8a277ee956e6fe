"""The account of one run: what was read, what came of it, and what was left out and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

MOST_LINES = 10_000  # refused lines named one by one; all of them are counted


@dataclass(slots=True)
class Account:
    """Counts of reading (this time) and of writing (all times this file was started)."""

    title: str
    file: str
    is_dry_run: bool = False
    read: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[int, str]] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    went_on: bool = False  # an earlier run of this file had been interrupted
    kept_at: str = ""

    def refuse(self, line: int, why: str) -> None:
        self.read["rows refused"] += 1
        self.name_line(line, why)

    def name_line(self, line: int, why: str) -> None:
        if len(self.refused) < MOST_LINES:
            self.refused.append((line, why))

    @property
    def is_balanced(self) -> bool:
        """Every row that was read has become something, or is named below."""
        places = sum(self.written[name] for name in ROWS) + self.read["rows refused"] + self.read["rows said twice"]
        return self.read["rows"] == places and self.read["tickets"] == sum(self.written[name] for name in TICKETS)

    @property
    def is_good(self) -> bool:
        return self.is_balanced and not self.refused

    def lines(self) -> list[str]:
        """The report, as people read it."""
        would = "would be " if self.is_dry_run else ""
        rows = self.read["rows"]
        lines = [
            f"{'Dry run' if self.is_dry_run else 'Import'} of {self.file} ({self.title})",
            "An earlier run had been interrupted; this one went on where it stopped." if self.went_on else "",
            "",
            f"Rows read                          {rows:>10,}",
            *(f"  {ROWS[name]:<33}{self.written[name]:>10,}" for name in ROWS),
            f"  said twice, word for word        {self.read['rows said twice']:>10,}",
            f"  refused                          {self.read['rows refused']:>10,}",
            f"Tickets in the file                {self.read['tickets']:>10,}",
            *(f"  {would + TICKETS[name]:<33}{self.written[name]:>10,}" for name in TICKETS),
            "",
            *(f"{what:<35}{self.written[name]:>10,}" for name, what in THINGS.items()),
            "",
            "Balanced: every row has its place."
            if self.is_balanced
            else "NOT BALANCED: some rows have no place above.",
            *(f"Note: {what} ({count:,} times)" for what, count in sorted(self.notes.items())),
        ]
        if self.refused:
            lines += ["", "Rows left out:", *(f"  line {line:,}: {why}" for line, why in self.refused)]
            if len(self.refused) == MOST_LINES:
                lines.append("  … and no more are named here.")
        if self.seconds:
            lines += ["", f"{self.seconds:.1f} seconds, {rows / self.seconds:,.0f} rows a second."]
        return [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]


ROWS = {
    "rows that opened": "opened a ticket",
    "rows with changes": "changed something",
    "rows without changes": "changed nothing the file shows",
    "rows known": "were in before",
    "rows too late": "came too late (see below)",
}
TICKETS = {"tickets made": "made", "tickets updated": "updated", "tickets unchanged": "left unchanged"}
THINGS = {
    "events": "Events of tickets written",
    "messages": "Messages written",
    "people": "People made",
    "agents": "Agent roles granted",
    "members": "Team memberships made",
    "teams": "Teams made",
    "categories": "Categories made",
    "statuses": "Statuses made",
    "fields": "Custom fields made",
}
