"""The demo world: the same cast as in the tests, made by calling actions."""

from __future__ import annotations

from firstline.config.demo.people import CAST, PASSWORD, Member, make_people
from firstline.config.demo.progress import Progress

__all__ = ["CAST", "PASSWORD", "Member", "Progress", "build"]


def build(progress: Progress) -> None:
    """Make what is missing of the demo world. Safe to repeat: what is there is left alone."""
    from firstline.config.demo.catalog import make_catalog  # noqa: PLC0415 -- needs loaded apps
    from firstline.config.demo.rota import make_rota  # noqa: PLC0415 -- needs loaded apps
    from firstline.config.demo.world import make_world  # noqa: PLC0415 -- needs loaded apps

    make_people(progress)
    make_rota(progress)
    make_world(progress)
    make_catalog(progress)
