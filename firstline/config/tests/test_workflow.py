"""`firstline workflow …` from the outside."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from firstline.config.commands.workflow import command

FILE = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="defs">
<process id="p" isExecutable="true">
<startEvent id="s"/><scriptTask id="a"><script>SCRIPT_task1</script></scriptTask><endEvent id="e"/>
<sequenceFlow id="f" sourceRef="s" targetRef="a"/><sequenceFlow id="g" sourceRef="a" targetRef="e"/>
</process></definitions>"""


def test_a_file_is_traced(tmp_path: Path) -> None:
    file = tmp_path / "a.bpmn"
    file.write_text(FILE)

    answer = CliRunner().invoke(command, ["trace", str(file), "--input", "A"])

    assert json.loads(answer.output) == {"status": "completed", "trace": ["Task1"], "reason": ""}


SMALL = """
workflow: small
name: Small
fields: [{key: n, type: number}]
steps:
  - {kind: start, id: a, next: b}
  - {kind: decision, id: b, next: [{to: c, when: "n:>3"}, {to: d, otherwise: true}]}
  - {kind: task, id: c, next: d}
  - {kind: end, id: d}
"""


def test_a_document_goes_out_as_bpmn_and_comes_in_again(tmp_path: Path) -> None:
    file, drawn = tmp_path / "small.yaml", tmp_path / "small.bpmn"
    file.write_text(SMALL)

    assert CliRunner().invoke(command, ["check", str(file)]).exit_code == 0
    drawn.write_text(CliRunner().invoke(command, ["export", str(file)]).output)
    answer = CliRunner().invoke(command, ["import", str(drawn)])

    assert "when: n:>3" in answer.output


def test_what_is_wrong_with_a_document_is_told_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL.replace("n:>3", "m:>3"))

    answer = CliRunner().invoke(command, ["check", str(file)])

    assert answer.exit_code == 1
    assert "Line 7, step “b”, next[0].when: There is no field “m”." in answer.output


def test_a_missing_file_is_told_in_a_sentence() -> None:
    answer = CliRunner().invoke(command, ["trace", "missing.bpmn"])

    assert answer.exit_code == 1
    assert "cannot be read" in answer.output


def test_the_schema_of_documents_is_printed() -> None:
    answer = CliRunner().invoke(command, ["schema"])

    assert json.loads(answer.output)["title"] == "Definition"
