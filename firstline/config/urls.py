"""Every address of the product, by room."""

from django.urls import URLPattern, URLResolver, include, path

from firstline.people.accounts.urls import entrance

urlpatterns: list[URLPattern | URLResolver] = [
    # Django asks one after the other: what is opened most stands first.
    path("", include("firstline.doors.desk.urls")),
    path("", include("firstline.doors.portal.urls")),
    path("", include("firstline.doors.api.urls")),
    path("", include("firstline.core.ui.urls")),
    path("account/", include("firstline.people.accounts.urls")),
    path("account/", include(entrance)),
    path("", include("firstline.people.organisations.urls")),
    path("", include("firstline.people.teams.urls")),
    path("", include("firstline.people.access.urls")),
    path("", include("firstline.people.notifications.urls")),
    path("", include("firstline.work.intake.urls")),
    path("", include("firstline.work.catalog.urls")),
    path("", include("firstline.work.conversations.urls")),
    path("", include("firstline.work.tasks.urls")),
    path("", include("firstline.flow.escalation.urls")),
    path("", include("firstline.flow.surveys.urls")),
    path("", include("firstline.insight.reports.urls")),
    path("", include("firstline.flow.approvals.urls")),
    path("", include("firstline.flow.workflows.urls")),
    path("", include("firstline.core.calendars.urls")),
    path("", include("firstline.flow.sla.urls")),
    path("", include("firstline.flow.triage.urls")),
    path("", include("firstline.flow.automations.urls")),
    path("", include("firstline.channels.email.urls")),
    path("", include("firstline.channels.alerts.urls")),
    path("live/", include("firstline.core.live.urls")),
    path("", include("firstline.core.jobs.urls")),
    path("", include("firstline.core.preferences.urls")),  # last of /settings/…: it answers to any section
]

handler500 = "firstline.config.errors.server_error"
