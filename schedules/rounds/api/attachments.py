"""Files of a monthly report, through the same gate as on its page."""

import uuid
from contextlib import suppress
from typing import Any, BinaryIO, cast

from django.http import FileResponse, Http404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core import acts
from core import attachments as files
from core.api import NothingBody, PageQuery, PortalView, StrictSerializer, once
from core.errors import Conflict, DomainError
from core.models import Attachment
from orgs.permissions import Permission as P

from ..access import (
    get_attachment,
    get_attachment_to_edit,
    get_report,
    get_report_to_edit,
    may_see_files,
)
from ..actions import attachments
from ..models import ReportAttachment


class AttachmentOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Attachment.State.choices)
    scan = serializers.ChoiceField(choices=Attachment.Scan.choices)
    uploaded_at = serializers.DateTimeField()


class AttachmentIn(StrictSerializer):
    # What is wrong with a file is said by the gate, in the words of the page.
    file = serializers.FileField(allow_empty_file=True)


class AttachmentList(PortalView):
    """Reading needs `report.view`; adding needs `report.draft` as well."""

    permissions = (P.REPORT_VIEW,)
    query = PageQuery
    parser_classes = (MultiPartParser,)

    @extend_schema(
        summary="月报附件",
        description="本单位的随时可见，其他单位的报送后可见。scan 为 scanning 时还不能打开。",
        parameters=[PageQuery],
        responses={200: AttachmentOut(many=True)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """The report's files, oldest first; before it is sent, to its writers only."""
        report = get_report(self.actor, pk)
        self.narrowed()
        rows = report.attachments.order_by("pk")
        if not may_see_files(self.actor, report):
            rows = rows.none()
        return self.page(rows, AttachmentOut)

    @extend_schema(
        summary="上传月报附件",
        description="multipart 的 file 字段，一次一个；内容相同的只存一份。附件已报送时答 409。",
        request=AttachmentIn,
        responses={201: AttachmentOut},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Adds a file (multipart, field `file`) while the report's files are open."""
        # Read before the transaction of the key: nobody who writes waits for a file. Whoever may
        # not add one gets his answer, or the one given before, without a reading.
        found: files.Checked | DomainError = Conflict(
            "这份报表刚刚变化，请再试一次。", code="state"
        )
        with suppress(Http404):
            get_report_to_edit(self.actor, pk)
            upload = self.body(AttachmentIn)["file"]
            try:
                found = files.check(cast(BinaryIO, upload.file), upload.name or "")
            except DomainError as error:
                found = error
            upload.seek(0)
        return self._add(request, pk, found)

    @once
    def _add(self, request: Request, pk: int, found: files.Checked | DomainError) -> Response:
        row = acts.carry_out(
            lambda: get_report_to_edit(self.actor, pk),
            lambda report: _passed(found),
            lambda report, file: attachments.attach(report=report, file=file, by=self.actor),
        )
        place = reverse("api:attachment-open", args=[pk, row.uid])
        return Response(AttachmentOut(row).data, status=201, headers={"Location": place})


def _passed(found: files.Checked | DomainError) -> files.Checked:
    """The file, or raises why it is refused."""
    if isinstance(found, DomainError):
        raise found
    return found


def _of(row: ReportAttachment, pk: int) -> ReportAttachment:
    """The file, if it is one of the report `pk`. Raises Http404."""
    if row.report_id != pk:
        raise Http404
    return row


class AttachmentOpen(PortalView):
    permissions = (P.REPORT_VIEW,)

    @extend_schema(
        summary="下载月报附件",
        description="还没有查完毒，或查出病毒时答 409。",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int, uid: uuid.UUID) -> FileResponse:
        """The file, once the scanner has called it clean where there is one."""
        row = _of(get_attachment(self.actor, uid), pk)
        self.narrowed()
        return files.serve(row)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Whatever type is asked for: the file comes as what it is, refusals as problems."""
        return super().perform_content_negotiation(request, force=True)


class AttachmentRemove(PortalView):
    permissions = (P.REPORT_DRAFT,)

    @extend_schema(
        summary="移去月报附件",
        description="附件已报送时答 409。",
        request=NothingBody,
        responses={204: None},
    )
    @once
    def post(self, request: Request, pk: int, uid: uuid.UUID) -> Response:
        """Takes a file away while the report's files are open."""
        acts.carry_out(
            lambda: _of(get_attachment_to_edit(self.actor, uid), pk),
            lambda row: self.body(NothingBody),
            lambda row, nothing: attachments.remove(attachment=row, by=self.actor),
        )
        return Response(status=204)
