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


def test_a_missing_file_is_told_in_a_sentence() -> None:
    answer = CliRunner().invoke(command, ["trace", "missing.bpmn"])

    assert answer.exit_code == 1
    assert "cannot be read" in answer.output


def test_the_schema_of_documents_is_printed() -> None:
    answer = CliRunner().invoke(command, ["schema"])

    assert json.loads(answer.output)["title"] == "Definition"
