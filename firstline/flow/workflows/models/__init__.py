"""Workflows with their versions, and the runs through them."""

from .runs import Given, Run, Step, Timer
from .workflows import Version, Way, Workflow

__all__ = ["Given", "Run", "Step", "Timer", "Version", "Way", "Workflow"]
