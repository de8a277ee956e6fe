from django.urls import path

from .screens import attachment

app_name = "conversations"
urlpatterns = [path("attachments/<int:pk>", attachment.attachment, name="attachment")]
