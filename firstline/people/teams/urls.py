from django.urls import path

from .screens import absences, rota, shifts, skills, teams

app_name = "teams"
urlpatterns = [
    path("settings/teams", teams.teams, name="teams"),
    path("settings/teams/new", teams.new, name="new"),
    path("settings/teams/<int:pk>", teams.team, name="team"),
    path("settings/teams/<int:pk>/members", teams.members, name="members"),
    path("settings/teams/<int:pk>/members/<int:person>/leaving", teams.leaving, name="leaving"),
    path("settings/teams/<int:pk>/archive", teams.archive, name="archive"),
    path("settings/skills", skills.skills, name="skills"),
    path("settings/skills/<int:pk>", skills.skill, name="skill"),
    path("people/<int:person>/absences", absences.absences, name="absences"),
    path("people/<int:person>/absences/<int:pk>/removal", absences.removal, name="removal"),
    path("people/<int:person>/skills", skills.of_person, name="person_skills"),
    path("rota", shifts.mine, name="my_shifts"),
    path("rota/shifts/<int:shift>/<str:day>/swap", shifts.swap, name="swap"),
    path("rota/swaps/<int:pk>/answer", shifts.answer, name="swap_answer"),
    path("rota/swaps/<int:pk>/withdrawal", shifts.withdrawal, name="swap_withdrawal"),
    path("rota/calendars", shifts.feeds, name="feeds"),
    path("rota/calendars/<int:pk>/revocation", shifts.revocation, name="feed_revocation"),
    path("rota/calendars/<str:token>.ics", shifts.calendar, name="calendar"),
    path("rota/teams/<int:pk>", rota.rota, name="rota"),
    path("rota/teams/<int:pk>/plan", rota.plan, name="plan"),
    path("rota/teams/<int:pk>/shifts/new", rota.shift, name="new_shift"),
    path("rota/teams/<int:pk>/shifts/<int:shift>", rota.shift, name="shift"),
    path("rota/teams/<int:pk>/shifts/<int:shift>/removal", rota.removal, name="shift_removal"),
    path("rota/teams/<int:pk>/overrides", rota.overrides, name="overrides"),
    path("rota/teams/<int:pk>/overrides/<int:override>/removal", rota.override_removal, name="override_removal"),
]
