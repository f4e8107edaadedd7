import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core import clock, crypto, phones, pinyin
from core.actor import Actor
from core.identity import mask_address, mask_identity, mask_phone
from core.privacy import Personal
from core.states import GIVEN, Machine, Move
from core.text import search_key
from orgs.access import in_scope
from orgs.permissions import Permission

from ..codes import EDUCATION, ETHNICITY
from ..enums import Category, ExitReason, MembershipState, RevealedField, Sex

_MASKS = {
    RevealedField.IDENTITY_NUMBER: mask_identity,
    RevealedField.PHONE: mask_phone,
    RevealedField.ADDRESS: mask_address,
}


def phone_indexes(phone: str) -> str:
    """The blind indexes by which a telephone number is found, as the column holds them."""
    keys = phones.keys(phone)[:10] if phone else []
    return " ".join(crypto.blind_index(key, column=column("phone")) for key in keys)


def spell(member: "Member") -> None:
    """Sets what the member is found by to what his name says."""
    name = member.name
    member.name_key = search_key(name)[:100]
    member.name_pinyin = pinyin.full(name, is_name=True)[:150]
    member.name_initials = pinyin.initials(name, is_name=True)[:50]
    others = "".join(f" {word}" for word in pinyin.spellings(name, is_name=True))
    member.name_readings = others if len(others) <= 2000 else ""


def column(field: str) -> str:
    """The name a sealed field is bound to."""
    return f"members.member.{field}"


# Conditions on a member; also on how one stood (MemberStanding), which has the same columns.
# 在册: neither left nor 停止党籍, who is kept apart and in no denominator (reference §2.5).
ON_ROLL = Q(state=MembershipState.NORMAL)
HERE = ~Q(state=MembershipState.LEFT)  # with those apart: the organisation still has their record
# 应到: on the roll, without those suspended, lost, excused, or living elsewhere (reference §3.3).
EXPECTED = Q(state=MembershipState.NORMAL, is_lost_contact=False, is_mobile=False, is_excused=False)
# 有表决权: full members in good standing (reference §1.1, trap 1).
ENTITLED = Q(
    state=MembershipState.NORMAL,
    category=Category.FULL,
    is_lost_contact=False,
    is_on_party_probation=False,
)


class MemberQuerySet(models.QuerySet["Member"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.MEMBER_VIEW
    ) -> "MemberQuerySet":
        """Members for whom the actor holds `permission`."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission))

    def on_roll(self) -> "MemberQuerySet":
        """在册: see ON_ROLL."""
        return self.filter(ON_ROLL)

    def here(self) -> "MemberQuerySet":
        """Everybody who has not left, 停止党籍 among them."""
        return self.filter(HERE)

    def expected(self) -> "MemberQuerySet":
        """应到: see EXPECTED."""
        return self.filter(EXPECTED)

    def entitled_to_vote(self) -> "MemberQuerySet":
        """有表决权: see ENTITLED."""
        return self.filter(ENTITLED)


class Member(models.Model):
    """A party member with the 16 items of the national form (党员基本信息采集表)."""

    PRIVACY = {
        "name": Personal("the register"),
        "name_pinyin": Personal("to find a member by pinyin"),
        "lost_contact_since": Personal("the register"),
        "name_key": Personal("to find a member however his name is typed"),
        "name_readings": Personal("to find a member by other readings of his name"),
        "name_initials": Personal("to find a member by initials"),
        "sex": Personal("the register"),
        "ethnicity": Personal("the register"),
        "identity_sealed": Personal("the register", "highest"),
        "identity_index": Personal("one record for each person", "highest"),
        "identity_tail_index": Personal("to find a member by the last four", "highest"),
        "birth_on": Personal("the register"),
        "education": Personal("the register"),
        "category": Personal("the register"),
        "joined_on": Personal("the register"),
        "full_member_on": Personal("the register"),
        "party_post": Personal("the register"),
        "job": Personal("the register"),
        "work_unit": Personal("the register"),
        "native_place": Personal("the register"),
        "phone_sealed": Personal("the register", "sensitive"),
        "phone_index": Personal("to find a member by phone", "sensitive"),
        "address_sealed": Personal("the register", "sensitive"),
        "state": Personal("the register", "sensitive"),
        "mobile_to": Personal("contact with mobile members"),
        "note": Personal("the register"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization",
        on_delete=models.PROTECT,
        related_name="members",
        verbose_name="所在党支部",
    )
    name = models.CharField("姓名", max_length=50)
    name_pinyin = models.CharField(max_length=150, editable=False)
    name_key = models.CharField(max_length=100, blank=True, default="", editable=False)
    # Readings and initials besides the first, each with a blank before it; empty for most.
    name_readings = models.CharField(max_length=2000, blank=True, default="", editable=False)
    name_initials = models.CharField(max_length=50, editable=False)
    sex = models.CharField("性别", max_length=1, choices=Sex, default=Sex.UNKNOWN)
    ethnicity = models.CharField("民族", max_length=2, blank=True)
    identity_sealed = models.CharField(max_length=200, editable=False)
    identity_index = models.CharField(max_length=64, unique=True, null=True, editable=False)
    identity_tail_index = models.CharField(max_length=64, blank=True, editable=False)
    birth_on = models.DateField("出生日期", null=True, blank=True)
    education = models.CharField("学历", max_length=2, blank=True)
    category = models.CharField("人员类别", max_length=20, choices=Category)
    joined_on = models.DateField("入党时间", null=True, blank=True)
    full_member_on = models.DateField("转正时间", null=True, blank=True)
    seniority_correction_days = models.SmallIntegerField("党龄校正（天）", default=0)
    party_post = models.CharField("党内职务", max_length=40, blank=True)
    job = models.CharField("工作岗位", max_length=60, blank=True)
    work_unit = models.CharField("工作单位及职务", max_length=100, blank=True)
    native_place = models.CharField("籍贯", max_length=60, blank=True)
    phone_sealed = models.CharField(max_length=200, blank=True, editable=False)
    # One index for each way to look up each number (core.phones.keys), with blanks between.
    phone_index = models.CharField(max_length=700, blank=True, editable=False)
    address_sealed = models.CharField(max_length=1200, blank=True, editable=False)
    state = models.CharField(
        "党籍状态", max_length=10, choices=MembershipState, default=MembershipState.NORMAL
    )
    is_lost_contact = models.BooleanField("失联党员", default=False)
    lost_contact_since = models.DateField("失去联系日期", null=True, blank=True)
    is_mobile = models.BooleanField("流动党员", default=False)
    mobile_to = models.CharField("外出流向", max_length=60, blank=True)
    is_excused = models.BooleanField("免到（年老体弱、长期病休等）", default=False)
    is_on_party_probation = models.BooleanField("留党察看", default=False)
    note = models.CharField("备注", max_length=500, blank=True)
    source = models.CharField("来源", max_length=60, blank=True)
    as_of = models.DateField("数据截至", null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(editable=False)

    objects = MemberQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        touched="updated_at",
        moves={
            "edit": Move("修改"),
            "leave": Move(
                "登记离开",
                from_=[MembershipState.NORMAL, MembershipState.SUSPENDED],
                to=MembershipState.LEFT,
                refusal="这名党员已经登记离开，不用重复登记。",
            ),
            "suspend": Move(
                "停止党籍",
                from_=[MembershipState.NORMAL],
                to=MembershipState.SUSPENDED,
                refusal="这名党员已经停止党籍，或已离开。",
            ),
            "resume": Move(
                "恢复党籍",
                from_=[MembershipState.SUSPENDED],
                to=MembershipState.NORMAL,
                refusal="这名党员没有停止党籍，或已离开。",
            ),
            "restore": Move(
                "恢复",
                from_=[MembershipState.LEFT],
                to=MembershipState.NORMAL,
                refusal="这名党员没有登记离开，或已经恢复。",
            ),
            "transfer": Move(
                "调整支部",
                from_=[MembershipState.NORMAL, MembershipState.SUSPENDED],
                refusal="这名党员刚被别人调整过，或已登记离开。请刷新后核对。",
                stale="这名党员刚被别人调整过，或已登记离开。请刷新后核对。",
            ),
            "follow": Move("随支部调整"),
        },
        stale="这份登记刚被别人改过，请核对两个版本后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "党员"
        ordering = ["organization__path", "id"]
        indexes = [
            models.Index(fields=["organization", "state"], name="member_roll"),
            models.Index(fields=["name_pinyin"], name="member_pinyin"),
            # For LIKE 'zs%' under any collation; the one above is for the order.
            models.Index(
                fields=["name_pinyin"],
                name="member_pinyin_prefix",
                opclasses=["varchar_pattern_ops"],
            ),
            models.Index(
                fields=["name_initials"],
                name="member_initials_prefix",
                opclasses=["varchar_pattern_ops"],
            ),
            models.Index(fields=["birth_on", "id"], name="member_birth"),
            models.Index(fields=["joined_on", "id"], name="member_joined"),
            models.Index(fields=["name"], name="member_name"),
            models.Index(fields=["identity_tail_index"], name="member_identity_tail"),
            models.Index(
                fields=["name_readings"],
                name="member_other_readings",
                condition=Q(name_readings__gt=""),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="member_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("members:member-detail", args=[self.pk])

    def unsealed(self, item: RevealedField) -> str:
        """The full value of a sealed item. Whoever shows it must have recorded why.

        Raises core.crypto.Unreadable.
        """
        prefix = "identity" if item == RevealedField.IDENTITY_NUMBER else item
        sealed = getattr(self, f"{prefix}_sealed")
        return crypto.unseal(sealed, column=column(item), row=self.uid)

    def masked(self, item: RevealedField) -> str:
        """The item as lists show it; 无法读取 when its key is gone."""
        try:
            text = self.unsealed(item)
        except crypto.Unreadable:
            return "无法读取"
        return _MASKS[item](text) if text else ""

    @property
    def is_on_roll(self) -> bool:
        """在册, by the same condition as the query set's `on_roll`."""
        return self.state == MembershipState.NORMAL

    @property
    def is_here(self) -> bool:
        """Whether he has not left."""
        return self.state != MembershipState.LEFT

    @property
    def is_expected(self) -> bool:
        """应到, by the same conditions as the query set's `expected`."""
        return self.state == MembershipState.NORMAL and not (
            self.is_lost_contact or self.is_mobile or self.is_excused
        )

    @property
    def is_entitled_to_vote(self) -> bool:
        """有表决权, by the same conditions as the query set's `entitled_to_vote`."""
        return (
            self.state == MembershipState.NORMAL
            and self.category == Category.FULL
            and not (self.is_lost_contact or self.is_on_party_probation)
        )

    @property
    def identity_masked(self) -> str:
        """身份号码: that there is one."""
        return self.masked(RevealedField.IDENTITY_NUMBER)

    @property
    def phone_masked(self) -> str:
        """联系电话: first three and last two."""
        return self.masked(RevealedField.PHONE)

    @property
    def address_masked(self) -> str:
        """家庭住址, down to the district."""
        return self.masked(RevealedField.ADDRESS)

    @property
    def ethnicity_label(self) -> str:
        """民族, by GB/T 3304."""
        return ETHNICITY.get(self.ethnicity, "")

    @property
    def education_label(self) -> str:
        """学历, by GB/T 4658."""
        return EDUCATION.get(self.education, "")

    def seniority_years(self, on: dt.date | None = None) -> int | None:
        """党龄 in full years on the day (today): counted from becoming a full member, to the day
        on which he left for good or died. At most one query, for who has left."""
        if not self.full_member_on or self.category != Category.FULL:
            return None
        end = on or clock.today()
        if not self.is_here:
            left = self.exits.filter(undone_at=None).exclude(reason=ExitReason.TRANSFERRED)
            end = min(end, left.values_list("happened_on", flat=True).first() or end)
        day = end + dt.timedelta(days=self.seniority_correction_days)
        start = self.full_member_on
        years = day.year - start.year - ((day.month, day.day) < (start.month, start.day))
        return max(0, years)


class MembershipExit(models.Model):
    """A member's leaving, with its typed reason. The record itself stays."""

    PRIVACY = {
        "reason": Personal("the register", "sensitive"),
        "happened_on": Personal("the register"),
        "document_number": Personal("the register"),
        "note": Personal("the register"),
        "recorded_by_name": Personal("to know who recorded an exit"),
    }

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="exits")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="membership_exits"
    )
    reason = models.CharField("原因", max_length=20, choices=ExitReason)
    happened_on = models.DateField("日期")
    document_number = models.CharField("文号", max_length=60, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    recorded_by_name = models.CharField("登记人", max_length=100)
    recorded_at = models.DateTimeField("登记时间")
    undone_at = models.DateTimeField("撤销于", null=True)  # 恢复党籍, or recorded by mistake

    machine = Machine(
        state="undone_at",
        moves={"undo": Move("撤销", from_=[None], to=GIVEN, refusal="这次离开已经撤销。")},
    )

    class Meta:
        verbose_name = verbose_name_plural = "离开记录"
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(undone_at=None), name="exit_once_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.happened_on}"
