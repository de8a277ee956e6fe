"""Workflows with their versions, the runs through them, and the systems they work with."""

from .runs import Given, Run, Step, Timer
from .systems import OnceRead, System
from .workflows import Version, Way, Workflow

__all__ = ["Given", "OnceRead", "Run", "Step", "System", "Timer", "Version", "Way", "Workflow"]
