from django.urls import path

from .screens import grants, people

app_name = "access"
urlpatterns = [
    path("settings/access", grants.grants, name="grants"),
    path("settings/access/why", grants.tester, name="tester"),
    path("settings/access/<int:pk>/revocation", grants.revocation, name="revocation"),
    path("people", people.people, name="people"),
    path("people/new", people.new, name="new"),
    path("people/<int:pk>", people.person, name="person"),
    path("people/<int:pk>/facts", people.facts, name="facts"),
    path("people/<int:pk>/deactivation", people.deactivation, name="deactivation"),
    path("people/<int:pk>/sessions", people.sessions, name="sessions"),
]
