"""Reads: what a mail says (`letters`), what a ticket shows (`shown`), what the answers tell (`figures`, `pulses`)."""
