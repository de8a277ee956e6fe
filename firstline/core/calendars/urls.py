from django.urls import path

from .screens import calendars

app_name = "calendars"
urlpatterns = [
    path("settings/calendars", calendars.calendars, name="calendars"),
    path("settings/calendars/new", calendars.new, name="new"),
    path("settings/calendars/<int:pk>", calendars.calendar, name="calendar"),
    path("settings/calendars/<int:pk>/days", calendars.days, name="days"),
    path("settings/calendars/<int:pk>/days/<int:day>/removal", calendars.removal, name="removal"),
]
