# ruff: noqa: E501 -- a BPMN file is no shorter for being broken
"""The workflow engine beside SpiffWorkflow: the same ten steps, the state written as JSON after every human step.

    .venv/bin/python -m tests.bench.workflows

SpiffWorkflow (LGPL) is no dependency of the product or of its tests: it is installed into a folder of its own under
.cache/bench the first time.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import venv
from datetime import UTC, datetime
from pathlib import Path

import click

from tests.rig import machine
from tests.rig.desk import ROOT

SPIFF = ROOT / ".cache" / "bench" / "spiff"
VERSION = "3.2.0"
BAR = 20

# start, human task, decision, event, merge, parallel, two events, join, human task, end
HUMAN_STEPS = 2
OURS = """
workflow: ten
name: Ten steps
fields: [{key: cost, type: number}]
steps:
  - {kind: start, id: start, next: fill}
  - {kind: task, id: fill, who: [requester], fields: [cost], next: dear}
  - {kind: decision, id: dear, next: [{to: tell, when: "cost:>100"}, {to: merge, otherwise: true}]}
  - {kind: notify, id: tell, whom: [manager], subject: Dear, next: merge}
  - {kind: decision, id: merge, next: fork}
  - {kind: parallel, id: fork, next: [{to: left}, {to: right}]}
  - {kind: notify, id: left, whom: [manager], subject: Left, next: join}
  - {kind: notify, id: right, whom: [manager], subject: Right, next: join}
  - {kind: join, id: join, wait_for: all, next: check}
  - {kind: task, id: check, who: [manager], next: end}
  - {kind: end, id: end}
"""
THEIRS = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="defs" targetNamespace="t">
<process id="ten" isExecutable="true">
<startEvent id="start"><outgoing>a</outgoing></startEvent>
<sequenceFlow id="a" sourceRef="start" targetRef="fill"/>
<userTask id="fill" name="fill"><incoming>a</incoming><outgoing>b</outgoing></userTask>
<sequenceFlow id="b" sourceRef="fill" targetRef="dear"/>
<exclusiveGateway id="dear" default="d"><incoming>b</incoming><outgoing>c</outgoing><outgoing>d</outgoing></exclusiveGateway>
<sequenceFlow id="c" sourceRef="dear" targetRef="tell"><conditionExpression>cost &gt; 100</conditionExpression></sequenceFlow>
<sequenceFlow id="d" sourceRef="dear" targetRef="merge"/>
<intermediateThrowEvent id="tell"><incoming>c</incoming><outgoing>e</outgoing></intermediateThrowEvent>
<sequenceFlow id="e" sourceRef="tell" targetRef="merge"/>
<exclusiveGateway id="merge"><incoming>d</incoming><incoming>e</incoming><outgoing>l</outgoing></exclusiveGateway>
<sequenceFlow id="l" sourceRef="merge" targetRef="fork"/>
<parallelGateway id="fork"><incoming>l</incoming><outgoing>f</outgoing><outgoing>g</outgoing></parallelGateway>
<sequenceFlow id="f" sourceRef="fork" targetRef="left"/><sequenceFlow id="g" sourceRef="fork" targetRef="right"/>
<intermediateThrowEvent id="left"><incoming>f</incoming><outgoing>h</outgoing></intermediateThrowEvent>
<intermediateThrowEvent id="right"><incoming>g</incoming><outgoing>i</outgoing></intermediateThrowEvent>
<sequenceFlow id="h" sourceRef="left" targetRef="join"/><sequenceFlow id="i" sourceRef="right" targetRef="join"/>
<parallelGateway id="join"><incoming>h</incoming><incoming>i</incoming><outgoing>j</outgoing></parallelGateway>
<sequenceFlow id="j" sourceRef="join" targetRef="check"/>
<userTask id="check" name="check"><incoming>j</incoming><outgoing>k</outgoing></userTask>
<sequenceFlow id="k" sourceRef="check" targetRef="end"/>
<endEvent id="end"><incoming>k</incoming></endEvent>
</process></definitions>"""

# Runs in the other folder's Python: prints human steps per second, and the size of the state.
THEIR_RUN = """
import io, sys, time
from lxml import etree
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
parser = BpmnParser()
parser.add_bpmn_xml(etree.parse(io.BytesIO(open(sys.argv[1], "rb").read())))
spec = parser.get_spec("ten")
serializer = BpmnWorkflowSerializer()
def once():
    workflow = BpmnWorkflow(spec)
    workflow.do_engine_steps()
    steps = 0
    while not workflow.is_completed():
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        task.data["cost"] = 200
        task.run()
        workflow.do_engine_steps()
        kept = serializer.serialize_json(workflow)
        steps += 1
    return steps, len(kept)
steps, size = once()
assert steps == 2, steps
begun, count = time.process_time(), 0
while time.process_time() - begun < float(sys.argv[2]):
    count += once()[0]
print(count / (time.process_time() - begun), size)
"""


@click.command()
@click.option(
    "--seconds", default=4.0, show_default=True, help="How long each of the three rounds of each engine takes."
)
def bench(seconds: float) -> None:
    """Human steps per second of both engines, in turns, and the ratio."""
    print(f"{machine.describe()}; load before the run {machine.load():.1f}")
    python, file = _spiff()
    rounds = []
    for _round in range(3):
        theirs, their_size = _theirs(python, file, seconds)
        ours, our_size = _ours(seconds)
        rounds.append((ours, theirs))
        print(f"firstline {ours:9,.0f} human steps/s ({our_size:,} bytes)   "
              f"SpiffWorkflow {VERSION} {theirs:7,.0f} ({their_size:,} bytes)   {ours / theirs:6.1f} times")  # fmt: skip
    ratio = sorted(ours / theirs for ours, theirs in rounds)[1]
    print(f"the middle of three: {ratio:.1f} times; the bar is {BAR}")
    sys.exit(0 if ratio >= BAR else 1)


def _ours(seconds: float) -> tuple[float, int]:
    from firstline.config.commands import set_up

    set_up()
    from firstline.flow.workflows.engine.advancing import advance
    from firstline.flow.workflows.engine.compiling import compiled
    from firstline.flow.workflows.engine.definition import must_read
    from firstline.flow.workflows.engine.inputs import Answer, Start
    from firstline.flow.workflows.engine.state import standing
    from firstline.flow.workflows.fields import HouseLanguage

    net = compiled(must_read(OURS, HouseLanguage()), HouseLanguage())
    now = datetime(2026, 1, 1, tzinfo=UTC)

    def once() -> tuple[int, int]:
        state, _effects = advance(net, None, Start({}, by="rosa"), now)
        steps, kept = 0, ""
        while state["status"] == "running":
            instance = next(number for number, step in standing(state).items() if step in ("fill", "check"))
            state, _effects = advance(net, state, Answer(instance, data={"cost": 200}, by="ada"), now)
            kept = json.dumps(state)
            state = json.loads(kept)  # more than the other has to do: a step usually begins by reading the state
            steps += 1
        return steps, len(kept)

    assert once()[0] == HUMAN_STEPS
    begun, count, size = time.process_time(), 0, 0
    while time.process_time() - begun < seconds:
        steps, size = once()
        count += steps
    return count / (time.process_time() - begun), size


def _theirs(python: Path, file: Path, seconds: float) -> tuple[float, int]:
    answer = subprocess.run(
        [python, "-c", THEIR_RUN, file, str(seconds)], check=True, capture_output=True, text=True
    ).stdout.split()
    return float(answer[0]), int(answer[1])


def _spiff() -> tuple[Path, Path]:
    python = SPIFF / "bin" / "python"
    if not python.exists():
        venv.create(SPIFF, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", f"SpiffWorkflow=={VERSION}"], check=True)
    file = SPIFF / "ten.bpmn"
    file.write_text(THEIRS)
    return python, file


if __name__ == "__main__":
    bench()
