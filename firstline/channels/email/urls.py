from django.urls import path

from .screens import held, mailboxes, outbox

app_name = "email"
urlpatterns = [
    path("outbox", outbox.outbox, name="outbox"),
    path("outbox/<int:pk>", outbox.mail, name="mail"),
    path("outbox/<int:pk>/body", outbox.body, name="body"),
    path("outbox/<int:pk>/sending", outbox.sending, name="sending"),
    path("settings/mail", held.settings_page, name="settings"),
    path("settings/mail/mailboxes", mailboxes.mailboxes, name="mailboxes"),
    path("settings/mail/mailboxes/new", mailboxes.new, name="new_mailbox"),
    path("settings/mail/mailboxes/<int:pk>", mailboxes.mailbox, name="mailbox"),
    path("settings/mail/mailboxes/<int:pk>/connection", mailboxes.connection, name="connection"),
    path("settings/mail/mailboxes/<int:pk>/skipped", mailboxes.skipped, name="skipped"),
    path("settings/mail/held/<int:pk>", held.one, name="held"),
    path("settings/mail/held/<int:pk>/release", held.release, name="release"),
    path("settings/mail/held/<int:pk>/discard", held.leave, name="discard"),
    path("settings/mail/held/<int:pk>/raw", held.raw, name="raw"),
]
