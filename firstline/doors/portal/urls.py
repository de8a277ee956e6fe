from django.urls import path

from .screens import ask, home, requests

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("ask", ask.ask, name="ask"),
    path("requests", requests.requests, name="requests"),
    path("requests/<int:pk>", requests.one, name="request"),
    path("requests/<int:pk>/messages", requests.messages, name="messages"),
    path("requests/<int:pk>/confirmation", requests.confirmation, name="confirmation"),
    path("requests/<int:pk>/reopening", requests.reopening, name="reopening"),
    path("requests/<int:pk>/chase", requests.chase, name="chase"),
    path("requests/<int:pk>/rating", requests.rating, name="rating"),
    path("requests/<int:pk>/withdrawal", requests.withdrawal, name="withdrawal"),
]
