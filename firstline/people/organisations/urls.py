from django.urls import path

from .screens import departments, membership, organisations

app_name = "organisations"
urlpatterns = [
    path("settings/organisations", organisations.organisations, name="organisations"),
    path("settings/organisations/new", organisations.new, name="new"),
    path("settings/organisations/<int:pk>", organisations.organisation, name="organisation"),
    path("settings/organisations/<int:pk>/archive", organisations.archive, name="archive"),
    path("settings/organisations/<int:organisation>/departments/new", departments.new, name="new_department"),
    path("settings/organisations/<int:organisation>/departments/<int:pk>", departments.department, name="department"),
    path(
        "settings/organisations/<int:organisation>/departments/<int:pk>/archive",
        departments.archive,
        name="archive_department",
    ),
    path("people/<int:person>/membership", membership.membership, name="membership"),
]
