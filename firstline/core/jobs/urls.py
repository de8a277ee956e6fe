from django.urls import path

from .screens.jobs import attempt, attempts, disposal, jobs

app_name = "jobs"
urlpatterns = [
    path("settings/jobs", jobs, name="jobs"),
    path("settings/jobs/attempts", attempts, name="attempts"),
    path("settings/jobs/<uuid:job>/attempt", attempt, name="attempt"),
    path("settings/jobs/<uuid:job>/disposal", disposal, name="disposal"),
]
