"""Workflows that tests run."""

from __future__ import annotations

PLAIN = """\
workflow: plain
name: Somebody looks
fields: [{key: subject}]
steps:
  - {kind: start, id: begin, next: look}
  - {kind: task, id: look, title: "Look at {subject}", who: [team], next: end}
  - {kind: end, id: end}
"""

LAPTOP = """\
workflow: laptop
name: A new laptop
fields:
  - {key: cost, label: Cost, type: number, required: true}
  - {key: asset, label: Asset}
steps:
  - {kind: start, id: asked, next: dear}
  - kind: decision
    id: dear
    next:
      - {to: manager, when: "cost:>1000", name: expensive}
      - {to: both, otherwise: true}
  - kind: approval
    id: manager
    name: Somebody agrees
    title: A laptop for {requester}
    stages: [{who: ["person:lin@example.org"], need: any}]
    timers:
      - {id: late, after: 30 days, then: go, to: refused}
    next:
      - {to: both, outcome: approved}
      - {to: refused, outcome: refused}
  - {kind: parallel, id: both, next: [{to: order}, {to: account}]}
  - kind: task
    id: order
    name: Order it
    who: ["team:network"]
    fields: [asset]
    due: 2 days
    timers: [{id: nudge, after: 1 day, then: remind, repeat: 3}]
    next: ready
  - {kind: task, id: account, name: Create the account, who: ["person:lin@example.org"], next: ready}
  - {kind: join, id: ready, next: less}
  - {kind: action, id: less, action: ticket.tag, with: {tags: [laptop]}, next: settle}
  - {kind: wait, id: settle, until: time, span: 2 days, next: thanks}
  - {kind: notify, id: thanks, whom: [requester], subject: "Your laptop {asset} is ready", next: done}
  - {kind: end, id: done}
  - {kind: end, id: refused, outcome: refused}
"""


def workflow(*lines: str, key: str = "flow", fields: str = "") -> str:
    """A document of these lines."""
    return "\n".join([f"workflow: {key}", f"name: {key.title()}", fields, *lines])
