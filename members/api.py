"""Members as their pages show them, masked; and the roster from upload to confirmation."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core import acts, import_files, importing
from core.api import (
    BIG,
    NothingBody,
    PageQuery,
    PortalView,
    StrictSerializer,
    TextField,
    etag,
    once,
)
from core.errors import DomainError
from orgs.models import Organization
from orgs.permissions import Permission as P

from .access import get_member
from .enums import AGE_BANDS, DENOMINATORS, PRESENCE, STATES, Category
from .models import MemberImport
from .queries import roster
from .queries.roster import MemberFilters, is_personal_number


class MemberOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    organization = serializers.IntegerField(source="organization_id")
    organization_name = serializers.CharField(source="organization")
    name = serializers.CharField()
    sex = serializers.CharField()
    category = serializers.CharField()
    state = serializers.CharField()
    identity_masked = serializers.CharField(allow_blank=True)
    phone_masked = serializers.CharField(allow_blank=True)
    birth_on = serializers.DateField(allow_null=True)
    joined_on = serializers.DateField(allow_null=True)
    full_member_on = serializers.DateField(allow_null=True)
    party_post = serializers.CharField(allow_blank=True)
    is_mobile = serializers.BooleanField()
    is_lost_contact = serializers.BooleanField()
    is_expected = serializers.BooleanField()
    is_entitled_to_vote = serializers.BooleanField()
    revision = serializers.IntegerField()
    updated_at = serializers.DateTimeField()


class MemberDetailOut(MemberOut):
    ethnicity = serializers.CharField(source="ethnicity_label", allow_blank=True)
    education = serializers.CharField(source="education_label", allow_blank=True)
    address_masked = serializers.CharField(allow_blank=True)
    native_place = serializers.CharField(allow_blank=True)
    job = serializers.CharField(allow_blank=True)
    work_unit = serializers.CharField(allow_blank=True)


class MemberQuery(PageQuery):
    organization = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    q = TextField(required=False, max_length=roster.SEARCH_LENGTH)
    category = serializers.ChoiceField(choices=Category.choices, required=False)
    state = serializers.ChoiceField(choices=[key for key in STATES if key], required=False)
    sex = serializers.ChoiceField(choices=["1", "2"], required=False)
    age = serializers.ChoiceField(choices=list(AGE_BANDS), required=False)
    presence = serializers.ChoiceField(choices=list(PRESENCE), required=False)
    denominator = serializers.ChoiceField(choices=list(DENOMINATORS), required=False)
    sort = serializers.ChoiceField(choices=[key for key in roster.SORTS if key], required=False)


class MemberList(PortalView):
    permissions = (P.MEMBER_VIEW,)
    query = MemberQuery

    @extend_schema(
        summary="党员",
        description="自己范围内的党员，身份号码和电话已遮盖。",
        parameters=[MemberQuery],
        responses={200: MemberOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Members in one's scope; identity numbers and phones are masked."""
        given = self.narrowed()
        if is_personal_number(given.get("q", "")):
            raise ValidationError({"q": ["身份号码和电话不能写在地址里。"]})
        organization = None
        if "organization" in given:
            organization = (
                Organization.objects.visible_to(self.actor).filter(pk=given["organization"]).first()
            )
            if organization is None:
                raise Http404
        names = ("q", "category", "state", "sex", "age", "presence", "denominator", "sort")
        filters = MemberFilters(
            organization=organization, **{name: given.get(name, "") for name in names}
        )
        return self.page(roster.roster(self.actor, filters), MemberOut)


class MemberDetail(PortalView):
    permissions = (P.MEMBER_VIEW,)

    @extend_schema(
        summary="一名党员", description="与页面一样遮盖。", responses={200: MemberDetailOut}
    )
    def get(self, request: Request, pk: int) -> Response:
        """One member, masked, with his revision as ETag."""
        member = get_member(self.actor, pk, P.MEMBER_VIEW)
        self.narrowed()
        return Response(MemberDetailOut(member).data, headers={"ETag": etag(member.revision)})


# --- the roster -------------------------------------------------------------------------------


class ImportIn(StrictSerializer):
    file = serializers.FileField(max_length=200)


class ImportOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    file_name = serializers.CharField()
    state = serializers.CharField()
    progress = serializers.IntegerField()
    counts = serializers.DictField()
    failure = serializers.CharField(allow_blank=True)
    uploaded_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)


class OlderRow(serializers.Serializer[Any]):
    sheet = serializers.CharField(allow_blank=True)
    row = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]  # a name of the serializer itself
    older = serializers.CharField()


class ImportDetailOut(ImportOut):
    errors = serializers.ListField()  # type: ignore[assignment]  # a name of the serializer itself
    older = serializers.SerializerMethodField(
        help_text="会把系统里较新的内容改回旧的各行，以及为什么。"
    )

    @extend_schema_field(OlderRow(many=True))
    def get_older(self, batch: MemberImport) -> Any:
        rows = [change for change in batch.preview if change.get("older")]
        return OlderRow(rows, many=True).data


class ConfirmIn(StrictSerializer):
    knows_older = serializers.BooleanField(
        default=False, help_text="有较旧的行（counts.older）时，须为 true 才按表中内容写入。"
    )


class _ImportView(PortalView):
    permissions = (P.MEMBER_IMPORT,)

    def mine(self) -> Any:
        """Uploads of the person, in the role acted in."""
        return MemberImport.objects.filter(
            uploaded_by_id=self.actor.user_id, grant_id=self.actor.grant_id or 0
        )

    def batch(self, uid: UUID) -> MemberImport:
        """One of them. Raises Http404."""
        found: MemberImport | None = self.mine().filter(uid=uid).first()
        if found is None:
            raise Http404
        return found

    def decided(
        self,
        uid: UUID,
        action: Callable[..., None],
        *,
        status: int,
        body: type[StrictSerializer] = NothingBody,
    ) -> Response:
        """One of them, confirmed or given up, as it is then."""
        acts.carry_out(
            lambda: self.batch(uid),
            lambda batch: self.body(body),
            lambda batch, given: action(batch=batch, by=self.actor, **given),
        )
        return Response(ImportDetailOut(self.batch(uid)).data, status=status)


class ImportList(_ImportView):
    query = PageQuery
    parser_classes = (MultiPartParser,)

    @extend_schema(
        summary="花名册上传记录",
        description="以现在这项授权上传的，新的在前。",
        parameters=[PageQuery],
        responses={200: ImportOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """One's own uploads, newest first."""
        self.narrowed()
        return self.page(self.mine().order_by("-pk"), ImportOut)

    @extend_schema(
        summary="上传花名册",
        description="multipart 的 file 字段，后台读取。",
        request=ImportIn,
        responses={202: ImportDetailOut},
    )
    def post(self, request: Request) -> Response:
        """Takes a workbook (multipart, field `file`) and has it read in the background."""
        upload = self.body(ImportIn)["file"]
        # Before the transaction of the key: nobody who writes waits for a reading.
        found = import_files.check_or_refusal(upload)
        upload.seek(0)
        return self._receive(request, found)

    @once
    def _receive(self, request: Request, found: import_files.Workbook | DomainError) -> Response:
        batch = acts.carry_out(
            acts.no_subject,
            lambda nothing: import_files.passed(found),
            lambda nothing, workbook: importing.receive(
                model=MemberImport, workbook=workbook, by=self.actor
            ),
        )
        place = reverse("api:import-detail", args=[batch.uid])
        return Response(ImportDetailOut(batch).data, status=202, headers={"Location": place})


class ImportDetail(_ImportView):
    @extend_schema(
        summary="花名册读取情况",
        description="进度、将有的变动和错误。",
        responses={200: ImportDetailOut},
    )
    def get(self, request: Request, uid: UUID) -> Response:
        """How far it is, what it would change, and what is wrong in it."""
        batch = self.batch(uid)
        self.narrowed()
        return Response(ImportDetailOut(batch).data)


class ImportConfirm(_ImportView):
    @extend_schema(
        summary="确认导入花名册",
        description="读取完成后才能确认，其他状态答 409。有较旧的行而没有写明 knows_older 的，答 400。",
        request=ConfirmIn,
        responses={202: ImportDetailOut},
    )
    @once
    def post(self, request: Request, uid: UUID) -> Response:
        """Has a file that was read applied in the background. 409 in any other state."""
        return self.decided(uid, importing.confirm, status=202, body=ConfirmIn)


class ImportCancel(_ImportView):
    @extend_schema(
        summary="放弃导入花名册",
        description="尚未写入的才能放弃，上传的文件随即删除；其他状态答 409。",
        request=NothingBody,
        responses={200: ImportDetailOut},
    )
    @once
    def post(self, request: Request, uid: UUID) -> Response:
        """Gives an upload up that was not applied, and deletes its file. 409 in other states."""
        return self.decided(uid, importing.cancel, status=200)
