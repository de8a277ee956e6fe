"""What `firstline doctor` finds, and that it ends with 1 when something is bad."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from firstline.config import health
from firstline.config.environment import Environment
from firstline.core.quiet.actions.fall_silent import fall_silent


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ((3, 12, 12), "look"),
        ((3, 12, 13), "good"),
        ((3, 13, 11), "look"),
        ((3, 13, 12), "good"),
        ((3, 14, 0), "good"),
    ],
)
@pytest.mark.abuse("J5")
def test_a_python_with_the_fault_in_email_is_named(version, state):
    assert health.python(version).state == state


@pytest.mark.parametrize(("free", "state"), [(100 << 20, "bad"), (1 << 30, "look"), (10 << 30, "good")])
def test_a_full_disk_is_bad_before_it_is_full(free, state):
    assert health.disk(free).state == state


@pytest.mark.abuse("J3")
def test_a_data_folder_open_to_everybody_is_shown(tmp_path):
    tmp_path.chmod(0o755)
    assert health.data_folder(tmp_path).advice == f"chmod o-rwx {tmp_path}"

    tmp_path.chmod(0o750)
    assert health.data_folder(tmp_path).state == "good"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_folder_that_cannot_be_written_is_bad(tmp_path):
    tmp_path.chmod(0o500)

    assert health.data_folder(tmp_path).state == "bad"


@pytest.mark.parametrize(
    ("given", "bad"),
    [
        ({}, []),
        ({"debug": True}, ["Debug"]),
        ({"base_url": "http://help.example.org"}, ["Address"]),
        ({"base_url": "https://help.example.org"}, []),
        ({"secret_key": "short"}, ["Secret key"]),
    ],
)
@pytest.mark.abuse("J1")
def test_settings_that_give_secrets_away_are_bad(tmp_path, given, bad):
    environment = Environment(data=tmp_path, **{"secret_key": "", "base_url": "http://127.0.0.1:8000", **given})

    assert [finding.what for finding in health.settings(environment) if finding.state == "bad"] == bad


@pytest.mark.abuse("J3")
def test_a_secret_key_others_can_read_is_bad(tmp_path):
    (tmp_path / "secret.key").write_text("x" * 50)
    (tmp_path / "secret.key").chmod(0o644)

    findings = list(health.settings(Environment(data=tmp_path, secret_key="")))

    assert [finding.advice for finding in findings if finding.state == "bad"] == [f"chmod 600 {tmp_path}/secret.key"]


@pytest.mark.django_db
def test_the_database_of_this_run_is_sound_and_complete():
    assert (health.database().state, health.migrations().state) == ("good", "good")


@pytest.mark.django_db
def test_a_missing_migration_is_bad():
    MigrationRecorder(connection).migration_qs.filter(app="quiet").delete()

    assert health.migrations() == health.Finding(
        "Tables", "bad", "1 migrations are missing", "firstline manage migrate"
    )


@pytest.mark.django_db
def test_a_restored_desk_is_shown_as_held_back():
    assert health.outgoing().state == "good"

    fall_silent(reason="restored from monday.tar", by=None)

    assert health.outgoing().advice == "firstline release"
    assert "restored from monday.tar" in health.outgoing().found


@pytest.mark.django_db
def test_a_desk_without_an_admin_is_bad():
    assert health.admins().state == "bad"


def test_an_old_backup_is_shown(tmp_path):
    assert health.backups(tmp_path).state == "look"

    (tmp_path / "monday.tar").write_text("")
    assert health.backups(tmp_path).state == "good"

    os.utime(tmp_path / "monday.tar", (1, 1))
    assert health.backups(tmp_path).state == "look"


@pytest.mark.slow
def test_the_command_names_what_is_bad_and_ends_with_1(tmp_path):
    surroundings = {**os.environ, "FIRSTLINE_DATA": str(tmp_path / "data"), "FIRSTLINE_DATABASE": ""}

    done = subprocess.run(
        [sys.executable, "-m", "firstline", "doctor", "--plain"], env=surroundings, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert ["bad", "Tables"] in [line.split("\t")[:2] for line in done.stdout.splitlines()]
    assert done.stderr == ""


@pytest.mark.slow
def test_an_error_is_a_sentence_and_never_a_traceback(tmp_path):
    (tmp_path / "file").write_text("a file, and so no folder for a database")
    address = f"sqlite:///{tmp_path}/file/database"
    surroundings = {**os.environ, "FIRSTLINE_DATA": str(tmp_path), "FIRSTLINE_DATABASE": address}

    done = subprocess.run(
        [sys.executable, "-m", "firstline", "release"], env=surroundings, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr
