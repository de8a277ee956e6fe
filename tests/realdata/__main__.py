"""Run every check on real data of this folder; arguments are handed on (`-v`, names of suites)."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module

import tests.realdata as here

status = 0
for module in pkgutil.iter_modules(here.__path__):
    if module.name != "__main__":
        status |= import_module(f"tests.realdata.{module.name}").main(sys.argv[1:])
sys.exit(status)
