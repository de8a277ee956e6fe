"""Fault drills: break the real processes, and count what was promised against what is there.

`ledger` what clients were told · `clients` who tell and ask · `sink` what left us by mail · `grounds` desks to break ·
`broken` desks that are wrong on purpose, so that each drill shows that it can fail · `stored` what is there ·
`checker` the comparison · `drill` the list.
"""
