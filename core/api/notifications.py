"""One's own messages."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from .. import acts
from ..models import Notification
from ..notifications import mark_read
from .idempotency import once
from .strict import NothingBody, PageQuery
from .views import PortalView


class NotificationOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    body = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class NotificationQuery(PageQuery):
    unread = serializers.BooleanField(required=False)


class NotificationList(PortalView):
    access = "signed_in"
    query = NotificationQuery

    @extend_schema(
        summary="消息",
        description="自己的消息，新的在前。",
        parameters=[NotificationQuery],
        responses={200: NotificationOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """One's own messages, newest first."""
        rows = Notification.objects.filter(user_id=self.actor.user_id or 0).order_by(
            "-created_at", "-pk"
        )
        unread = self.narrowed().get("unread")
        if unread is not None:
            rows = rows.filter(read_at__isnull=unread)
        return self.page(rows, NotificationOut)


class NotificationRead(PortalView):
    access = "signed_in"

    @extend_schema(
        summary="消息标为已读",
        description="只能处理自己的消息。",
        request=NothingBody,
        responses={200: NotificationOut},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        """Marks one of one's own messages as read."""
        rows = Notification.objects.filter(user_id=self.actor.user_id or 0)
        acts.carry_out(
            lambda: get_object_or_404(rows, pk=pk),
            lambda row: self.body(NothingBody),
            lambda row, nothing: mark_read(by=self.actor, notification_id=row.pk),
        )
        return Response(NotificationOut(rows.get(pk=pk)).data)
