"""Which pages hear of alerts."""

from __future__ import annotations

from firstline.core import live

live.harmless("alert_message", "alert_source")
