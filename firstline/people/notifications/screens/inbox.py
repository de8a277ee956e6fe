from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core.entry import signed_in
from firstline.core.paging import BadCursor, page_of
from firstline.core.ui.render import page
from firstline.people.notifications.actions.read import mark_read
from firstline.people.notifications.models import Notice
from firstline.people.notifications.queries import (
    MOST_UNREAD,
    inbox_of,
    is_desk,
    lines,
    path_of,
    readable,
    unread_count,
)

SIZE = 30


@signed_in
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What one was told, newest first."""
    me: Any = request.user
    only_new = request.GET.get("new") == "1"
    rows = inbox_of(me).filter(read_at__isnull=True) if only_new else inbox_of(me)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        found = page_of(rows.values("id"), ["-id"], size=SIZE, after=after, before=before)
    except BadCursor:
        found = page_of(rows.values("id"), ["-id"], size=SIZE)
    ids = [row["id"] for row in found.rows]
    notices = Notice.objects.filter(pk__in=ids).select_related("actor").order_by("-id")
    context = {
        "lines": lines(me, notices),
        "newer": found.newer,
        "older": found.older,
        "only_new": only_new,
        "is_desk": is_desk(me),
        "me": me,
        "breadcrumb": [(_("Notices"), None)],
    }
    return page(request, "notifications/inbox.html", context, block="list")


@signed_in
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The number in the bell."""
    count = unread_count(request.user)
    context = {"bell_url": reverse("notifications:inbox"), "bell_count": count, "is_cut": count >= MOST_UNREAD}
    response = page(request, "ui/bell.html", context)
    response["Cache-Control"] = "no-store"
    return response


@signed_in
@require_safe
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a notice leads. Looking changes nothing: mail programs and previews look, too."""
    me: Any = request.user
    notice = get_object_or_404(Notice, pk=pk, person=me)
    if notice.about_noun and not readable(me, [(notice.about_noun, notice.about_id)]):
        raise Http404
    return HttpResponseRedirect(path_of(notice, me))


@signed_in
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read, or (`new`) as new again."""
    me: Any = request.user
    get_object_or_404(Notice, pk=pk, person=me)
    mark_read(me, [pk], is_read="new" not in request.POST, by=me)
    return HttpResponseRedirect(reverse("notifications:inbox"))


@signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    me: Any = request.user
    mark_read(me, by=me)
    return HttpResponseRedirect(reverse("notifications:inbox"))
