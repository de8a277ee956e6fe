from django.urls import path

from .screens import ask, filling, home, offered, requests

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("ask", ask.ask, name="ask"),
    path("services", offered.services, name="services"),
    path("services/<slug:key>", offered.service, name="service"),
    path("services/<slug:key>/drafts", offered.begun, name="begun"),
    path("drafts/<int:pk>", filling.draft, name="draft"),
    path("drafts/<int:pk>/answers", filling.answers, name="answers"),
    path("drafts/<int:pk>/review", filling.review, name="review"),
    path("drafts/<int:pk>/removal", filling.removal, name="removal"),
    path("sent/<int:pk>", filling.sent, name="sent"),
    path("requests", requests.requests, name="requests"),
    path("requests/<int:pk>", requests.one, name="request"),
    path("requests/<int:pk>/messages", requests.messages, name="messages"),
    path("requests/<int:pk>/confirmation", requests.confirmation, name="confirmation"),
    path("requests/<int:pk>/reopening", requests.reopening, name="reopening"),
    path("requests/<int:pk>/chase", requests.chase, name="chase"),
    path("requests/<int:pk>/rating", requests.rating, name="rating"),
    path("requests/<int:pk>/withdrawal", requests.withdrawal, name="withdrawal"),
]
