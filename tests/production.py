"""Django's own checks, with the settings of an installation in production."""

from __future__ import annotations

import os
import sys
import tempfile

from django.core.management import execute_from_command_line

with tempfile.TemporaryDirectory(prefix="firstline-check-") as folder:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "firstline.config.settings",
        "FIRSTLINE_DATA": folder,
        "FIRSTLINE_SMTP": "smtp://desk:word@mail.example.org:587",
        "FIRSTLINE_TRUSTED_PROXIES": "1",
        "FIRSTLINE_BASE_URL": "https://help.example.org",
        "FIRSTLINE_SECRET_KEY": "long and random enough to satisfy the check: 0123456789 abcdefghij",
    }
    if sys.argv[1:] == ["makemigrations"]:
        execute_from_command_line(["", "makemigrations", "--check", "--dry-run"])
    else:
        execute_from_command_line(["", "check", "--deploy", "--fail-level", "WARNING"])
