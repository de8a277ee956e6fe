from django.apps import AppConfig


class ConditionsTestsApp(AppConfig):
    """Installed by the tests only, so that their models know each other."""

    name = "firstline.core.conditions.tests"
    label = "conditions_tests"
