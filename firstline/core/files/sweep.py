"""What is done with files at night: delete what no row names, and read everything to see whether it is whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import batched

from firstline.core import clock

from .folder import Folder, digest_of
from .keeping import storage
from .references import every, is_known, used_among
from .storage import Missing

# A file is stored before the row that names it, and an upload may wait in a form overnight.
GRACE = timedelta(days=2)


@dataclass
class Report:
    """What a check has found."""

    checked: int = 0
    size: int = 0  # bytes
    damaged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        return not (self.damaged or self.missing)


def delete_unreferenced(*, grace: timedelta = GRACE) -> int:
    """Delete files that no row names and that were stored longer than `grace` ago; how many."""
    if not is_known():
        raise RuntimeError("No model refers to files, so all of them would be deleted. Call files.refer(model, field).")
    place, before = storage(), clock.now() - grace
    if isinstance(place, Folder):
        place.tidy(before=before)
    old = (name for name, stored in place.names() if stored < before)
    return sum(place.delete(name, stored_before=before) for batch in batched(old, 500) for name in _unused(batch))


def check_files() -> Report:
    """Read every file and compare it with its name; then look for files that rows name and that are not there."""
    place, report = storage(), Report()
    for name, _stored in place.names():
        try:
            with place.open(name) as file:
                is_whole = digest_of(file) == name
                report.size += file.tell()
        except Missing:  # deleted meanwhile
            continue
        except OSError:  # the disk cannot read it any more
            is_whole = False
        report.checked += 1
        if not is_whole:
            report.damaged.append(name)
    report.missing = sorted({name for name in every() if not place.exists(name)})
    return report


def _unused(names: tuple[str, ...]) -> Iterator[str]:
    used = used_among(names)
    return (name for name in names if name not in used)
