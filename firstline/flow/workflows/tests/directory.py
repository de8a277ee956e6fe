"""A real directory: slapd of OpenLDAP in a process of its own, with two people and a group. Skips where there is none.

`FIRSTLINE_SLAPD` names a folder with an unpacked slapd where it is not installed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ldap3
import pytest

BASE = "dc=example,dc=org"
ADMIN, PASSWORD = f"cn=admin,{BASE}", "directory secret"
CONFIG = """\
include {root}/etc/ldap/schema/core.schema
include {root}/etc/ldap/schema/cosine.schema
include {root}/etc/ldap/schema/inetorgperson.schema
modulepath {root}/usr/lib/ldap
moduleload back_mdb.la
pidfile {here}/pid
database mdb
maxsize 10485760
suffix "{base}"
rootdn "{admin}"
rootpw "{password}"
directory {here}/db
"""


@contextmanager
def directory() -> Iterator[int]:
    """The port it listens on, on this machine only."""
    root = Path(os.environ.get("FIRSTLINE_SLAPD", "/"))
    program = shutil.which("slapd", path=f"{root}/usr/sbin")
    if program is None:
        pytest.skip("No slapd here: install the package slapd, or name an unpacked one in FIRSTLINE_SLAPD.")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "db").mkdir()
        where = str(root).rstrip("/")
        text = CONFIG.format(root=where, here=here, base=BASE, admin=ADMIN, password=PASSWORD)
        (here / "slapd.conf").write_text(text)
        command = [program, "-d", "0", "-f", str(here / "slapd.conf"), "-h", f"ldap://127.0.0.1:{port}"]
        around = {**os.environ, "LD_LIBRARY_PATH": f"{where}/usr/lib/x86_64-linux-gnu"}
        with subprocess.Popen(command, env=around, stderr=subprocess.PIPE) as process:
            try:
                _fill(_admin(port, process))
                yield port
            finally:
                process.terminate()


def _admin(port: int, process: subprocess.Popen[bytes]) -> ldap3.Connection:
    for _try in range(100):
        if process.poll() is not None:
            assert process.stderr is not None
            pytest.skip(f"slapd does not start here: {process.stderr.read().decode()[-300:]}")
        connection = ldap3.Connection(ldap3.Server("127.0.0.1", port, get_info=ldap3.NONE), ADMIN, PASSWORD)
        try:
            if connection.bind():
                return connection
        except ldap3.core.exceptions.LDAPException:
            time.sleep(0.05)
    raise AssertionError("slapd did not answer")


def _fill(connection: ldap3.Connection) -> None:
    connection.add(BASE, ["dcObject", "organization"], {"dc": "example", "o": "Example"})
    for name in ("people", "groups"):
        connection.add(f"ou={name},{BASE}", "organizationalUnit", {"ou": name})
    for uid, number in (("rosa", "4711"), ("omar", "4712")):
        said = {"cn": uid.title(), "sn": uid.title(), "mail": f"{uid}@example.org", "employeeNumber": number}
        connection.add(f"uid={uid},ou=people,{BASE}", "inetOrgPerson", {**said, "userPassword": "old password"})
    connection.add(
        f"cn=drawings,ou=groups,{BASE}", "groupOfNames", {"cn": "drawings", "member": f"uid=omar,ou=people,{BASE}"}
    )
    connection.unbind()


def may_sign_in(port: int, uid: str, password: str) -> bool:
    server = ldap3.Server("127.0.0.1", port, get_info=ldap3.NONE)
    return bool(ldap3.Connection(server, f"uid={uid},ou=people,{BASE}", password, check_names=False).bind())


def members_of(port: int, group: str) -> list[str]:
    server = ldap3.Server("127.0.0.1", port, get_info=ldap3.NONE)
    connection = ldap3.Connection(server, ADMIN, PASSWORD, auto_bind=True, check_names=False)
    connection.search(f"cn={group},ou=groups,{BASE}", "(objectClass=*)", ldap3.BASE, attributes=["member"])
    return [str(each) for each in connection.entries[0].member]


def names_in(port: int) -> list[str]:
    """Everybody's short name in the directory."""
    server = ldap3.Server("127.0.0.1", port, get_info=ldap3.NONE)
    connection = ldap3.Connection(server, ADMIN, PASSWORD, auto_bind=True, check_names=False)
    connection.search(f"ou=people,{BASE}", "(uid=*)", ldap3.LEVEL, attributes=["uid"])
    return sorted(str(each.uid) for each in connection.entries)
