"""Things that must not stand anywhere in the repository."""

from __future__ import annotations

import ast
import re

import pytest

from .house import imports_of, product_code, shown, tracked

THIS_FILE = "test_clean_words.py"
TEXT = {
    ".py",
    ".html",
    ".txt",
    ".md",
    ".toml",
    ".ini",
    ".css",
    ".js",
    ".lock",
    ".yml",
    ".yaml",
    ".json",
    ".po",
    ".sh",
    "",
}
# A path of somebody's machine, or the address of a package server: they are wrong everywhere else.
LOCAL = re.compile(
    r"(?<![\w.])/(?:root|work)/|/home/(?!user\b)\w+/|/Users/\w+/|/opt/(?:pypi|wheels)|pythonhosted\.org|registry\.npmjs"
)

# Whoever can write the stored bytes would run code here.
RUNS_STORED_CODE = {"pickle", "cPickle", "dill", "marshal", "shelve", "jsonpickle", "joblib", "cloudpickle"}
# Requests to other machines go through one place, which refuses private addresses and remembers what it sent.
SPEAKS_HTTP = {"requests", "urllib.request", "http.client", "httpx", "httpx2", "aiohttp", "urllib3", "pycurl"}
ONLY_HERE = {"firstline/core/outbound/"}


def test_no_file_names_a_path_of_this_machine_or_a_package_host() -> None:
    found = [
        f"{shown(path)}: {hit.group(0)}"
        for path in tracked()
        if path.suffix in TEXT and path.name != THIS_FILE
        for hit in LOCAL.finditer(path.read_text(errors="replace"))
    ]

    assert found == []


@pytest.mark.abuse("G6")
def test_nothing_loads_what_could_run_code() -> None:
    found = [
        f"{shown(path)}:{line} imports {name}"
        for path in product_code()
        for line, name in imports_of(path)
        if name.split(".")[0] in RUNS_STORED_CODE or name in {"yaml.load", "yaml.unsafe_load"}
    ]

    assert found == []


@pytest.mark.abuse("F5")
def test_nothing_speaks_http_to_others_but_outbound() -> None:
    found = [
        f"{shown(path)}:{line} imports {name}"
        for path in product_code()
        for line, name in imports_of(path)
        if any(name == client or name.startswith(f"{client}.") for client in SPEAKS_HTTP)
        and not any(shown(path).startswith(place) for place in ONLY_HERE)
    ]

    assert found == []


@pytest.mark.abuse("G6", "G12")
def test_no_shell_no_eval_and_no_unsafe_yaml() -> None:
    found = []
    for path in product_code():
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            has_shell = any(
                keyword.arg == "shell"
                and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
                for keyword in node.keywords
            )
            if has_shell or name in {"eval", "exec", "os.system", "os.popen", "yaml.load"}:
                found.append(f"{shown(path)}:{node.lineno} {name}")

    assert found == []
