from django.apps import AppConfig


class SearchApp(AppConfig):
    name = "firstline.core.search"
    label = "search"
