from django.urls import path

from .screens import feedback, improvements, pulse, satisfaction, settings

app_name = "surveys"
urlpatterns = [
    path("feedback/<str:token>", feedback.feedback, name="feedback"),
    path("pulse/<str:token>", feedback.pulse, name="pulse_answer"),
    path("satisfaction", satisfaction.overview, name="satisfaction"),
    path("satisfaction/answers", satisfaction.answers, name="answers"),
    path("satisfaction/report", satisfaction.report, name="report"),
    path("satisfaction/improvements", improvements.improvements, name="improvements"),
    path("satisfaction/improvements/new", improvements.new, name="new_improvement"),
    path("satisfaction/improvements/<int:pk>", improvements.improvement, name="improvement"),
    path("satisfaction/pulse", pulse.rounds, name="rounds"),
    path("satisfaction/pulse/<int:pk>", pulse.one_round, name="round"),
    path("settings/surveys", settings.surveys, name="settings"),
    path("settings/surveys/new/<str:occasion>", settings.new_survey, name="new_survey"),
    path("settings/surveys/<int:pk>", settings.survey, name="survey"),
    path("settings/surveys/<int:pk>/round", settings.beginning, name="beginning"),
    path("settings/surveys/<int:survey>/questions/new", settings.new_question, name="new_question"),
    path("settings/surveys/<int:survey>/questions/<int:pk>", settings.question, name="question"),
    path("settings/surveys/mails/<str:key>/<str:language>", settings.wording, name="wording"),
]
