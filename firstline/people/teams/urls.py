from django.urls import path

from .screens import absences, teams

app_name = "teams"
urlpatterns = [
    path("settings/teams", teams.teams, name="teams"),
    path("settings/teams/new", teams.new, name="new"),
    path("settings/teams/<int:pk>", teams.team, name="team"),
    path("settings/teams/<int:pk>/members", teams.members, name="members"),
    path("settings/teams/<int:pk>/members/<int:person>/leaving", teams.leaving, name="leaving"),
    path("settings/teams/<int:pk>/archive", teams.archive, name="archive"),
    path("people/<int:person>/absences", absences.absences, name="absences"),
    path("people/<int:person>/absences/<int:pk>/removal", absences.removal, name="removal"),
]
