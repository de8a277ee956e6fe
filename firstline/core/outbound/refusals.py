"""Why an answer could not be had; each is a sentence for the person who set the address up."""

from __future__ import annotations


class Unreachable(Exception):
    """Nobody answered properly. Trying again later may help."""


class TooSlow(Unreachable):
    """The whole exchange took longer than it may."""


class Forbidden(Unreachable):
    """We do not go there: not a public address, or not an address at all. Trying again does not help."""
