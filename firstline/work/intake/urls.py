from django.urls import path

from .screens import builder, files, forms

app_name = "intake"
urlpatterns = [
    path("answers/files/<int:pk>", files.file, name="file"),
    path("forms", forms.forms, name="forms"),
    path("forms/new", forms.new, name="new"),
    path("forms/<int:pk>", builder.form, name="form"),
    path("forms/<int:pk>/facts", forms.facts, name="facts"),
    path("forms/<int:pk>/preview", builder.preview, name="preview"),
    path("forms/<int:pk>/step-back", builder.step_back, name="step_back"),
    path("forms/<int:pk>/publication", forms.publication, name="publication"),
    path("forms/<int:pk>/versions", forms.versions, name="versions"),
    path("forms/<int:pk>/report", forms.report, name="report"),
    path("forms/<int:pk>/questions", builder.questions, name="questions"),
    path("forms/<int:pk>/questions/<slug:key>", builder.question, name="question"),
    path("forms/<int:pk>/questions/<slug:key>/place", builder.place, name="place"),
    path("forms/<int:pk>/questions/<slug:key>/copy", builder.duplicate, name="duplicate"),
    path("forms/<int:pk>/questions/<slug:key>/removal", builder.removal, name="removal"),
]
