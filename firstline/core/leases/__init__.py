"""One at a time: leases with a fencing number, so that a process that slept too long changes nothing."""
