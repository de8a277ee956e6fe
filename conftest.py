"""The cast is at hand in every test."""

from tests.cast import ada, bea, hr, lin, network, omar, rosa

__all__ = ["ada", "bea", "hr", "lin", "network", "omar", "rosa"]
