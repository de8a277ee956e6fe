import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from firstline.core.conditions.tests import things


@pytest.fixture(scope="package")
def tables(django_db_setup, django_db_blocker):
    """The tables of the test's own models; they live outside every room and go away again.

    The rows are made once: no test changes them, and 60 of them for every test would take a minute.
    """
    apps.set_installed_apps([*settings.INSTALLED_APPS, "firstline.core.conditions.tests.apps.ConditionsTestsApp"])
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            for model in things.MODELS:
                editor.create_model(model)
        things.make_things()
    yield
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        for model in reversed(things.MODELS):
            editor.delete_model(model)
    apps.unset_installed_apps()


@pytest.fixture
def world(tables, db):
    """The rows, inside a test's own transaction."""
