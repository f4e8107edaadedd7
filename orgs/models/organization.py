import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from core import clock
from core.actor import Actor, Part
from core.privacy import Personal
from core.states import GIVEN, Machine, Move

from ..enums import (
    BRANCH_KINDS,
    COMMITTEE_KINDS,
    OrganizationClass,
    OrganizationKind,
    Sector,
    UnitSituation,
)
from ..permissions import Permission

# One step of the path. Digits only: they sort alike under every collation, and 99,999 children
# of one node are enough for a province.
STEP = 5
# How the name of a body ends that the one above has dispatched and whose members it appoints.
DISPATCHED = "工作委员会"
TERMLESS_KINDS = (OrganizationKind.WORK_COMMITTEE, OrganizationKind.PARTY_GROUP)


def path_end(path: str) -> str:
    """The first path after the whole subtree of `path`: `path <= p < path_end(path)`."""
    return path[:-STEP] + f"{int(path[-STEP:]) + 1:0{STEP}d}"


def below(path: str, prefix: str = "", *, itself: bool = True) -> models.Q:
    """Rows whose organisation stands at `path` or under it: one index range. `prefix` leads from
    the row to its organisation (`organization__`); without `itself` only what is under it."""
    first = "path__gte" if itself else "path__gt"
    return models.Q(**{f"{prefix}{first}": path, f"{prefix}path__lt": path_end(path)})


def path_ranges(paths: Collection[str]) -> tuple[str, list[str]]:
    """The subtrees at `paths` as rows (path, first path after it) of an SQL VALUES list: the
    placeholders and the values for them."""
    bounds = [bound for path in sorted(paths) for bound in (path, path_end(path))]
    return ", ".join(["(%s, %s)"] * len(paths)), bounds


def paths_above(path: str) -> list[str]:
    """Paths of the organisations above the one at `path`, topmost first."""
    return [path[:end] for end in range(STEP, len(path), STEP)]


def in_scope(
    actor: Actor,
    permission: str,
    prefix: str = "",
    subjects: Mapping[str, str] | None = None,
    *,
    whole: bool = False,
) -> models.Q:
    """Rows for which the actor holds `permission`: those in the range of the role acted in and
    those he is named for, without those he is recused from.

    `prefix` leads from the row to its organisation, `subjects` from kinds of things that somebody
    can be named for alone to the column with their ids. `whole` is for sums of all that is below.
    Whom nothing names has a range of paths.
    """
    rows = _range_of_role(actor, permission, prefix)
    for part in _about(actor.named, permission):
        if whole and not part.includes_below:
            continue
        rows |= _rows_of(part, prefix, subjects or {})
    return rows & not_recused(actor, permission, prefix, subjects)


def not_recused(
    actor: Actor,
    permission: str,
    prefix: str = "",
    subjects: Mapping[str, str] | None = None,
) -> models.Q:
    """Rows that nothing takes from the actor by name, whether or not they are in his scope."""
    rows = Q()
    for part in _about(actor.recused, permission):
        rows &= ~_rows_of(part, prefix, subjects or {})
    return rows


def _range_of_role(actor: Actor, permission: str, prefix: str) -> models.Q:
    if not actor.organization_path or permission not in actor.permissions:
        return Q(pk__in=[])
    if not (actor.inherits or actor.has_parts):
        return Q(**{f"{prefix}path": actor.organization_path})
    return below(actor.organization_path, prefix)


def _about(parts: Iterable[Part], permission: str) -> list[Part]:
    return [part for part in parts if permission in part.permissions]


def _rows_of(part: Part, prefix: str, subjects: Mapping[str, str]) -> models.Q:
    kind, number = part.subject
    if kind:
        return Q(**{subjects[kind]: number}) if kind in subjects else Q(pk__in=[])
    if part.includes_below:
        return below(part.path, prefix)
    return Q(**{f"{prefix}path": part.path})


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def below(self, path: str) -> "OrganizationQuerySet":
        """The organisation at `path` and all under it: one index range."""
        return self.filter(below(path))

    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ORGANIZATION_VIEW
    ) -> "OrganizationQuerySet":
        """Those where the actor holds `permission`."""
        if actor is None or not (actor.organization_path or actor.named):
            return self.none()
        return self.filter(in_scope(actor, permission))

    def active(self, on: dt.date | None = None) -> "OrganizationQuerySet":
        """Those that exist on the day (today)."""
        day = on or clock.today()
        return self.filter(
            Q(founded_on=None) | Q(founded_on__lte=day),
            Q(abolished_on=None) | Q(abolished_on__gt=day),
        )

    def branches(self) -> "OrganizationQuerySet":
        """Those that members belong to."""
        return self.filter(kind__in=BRANCH_KINDS)


class Organization(models.Model):
    """A party organisation (党组织). `path` is its place in the tree, `code` its lasting name."""

    PRIVACY = {
        "contact_name": Personal("to know whom to call"),
        "contact_phone_sealed": Personal("to know whom to call", "sensitive"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField("组织编码", max_length=20, unique=True, editable=False)
    name = models.CharField("党组织全称", max_length=100)
    name_key = models.CharField(max_length=100, db_index=True, editable=False)
    short_name = models.CharField("简称", max_length=60, blank=True)
    name_pinyin = models.CharField(max_length=3000, blank=True, editable=False)
    name_initials = models.CharField(max_length=600, blank=True, editable=False)
    kind = models.CharField("组织类别", max_length=24, choices=OrganizationKind)
    organization_class = models.CharField(
        "组织类型", max_length=24, choices=OrganizationClass, default=OrganizationClass.OTHER
    )
    sector = models.CharField("所属领域", max_length=1, choices=Sector, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    path = models.CharField(max_length=120, unique=True, editable=False)
    depth = models.PositiveSmallIntegerField(default=1, editable=False)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    abolished_on = models.DateField("撤销日期", null=True, blank=True)
    term_years = models.PositiveSmallIntegerField(
        "任期（年）", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    term_started_on = models.DateField("本届起始", null=True, blank=True)
    term_ends_on = models.DateField("届满日期", null=True, blank=True)
    extended_until = models.DateField("延期换届至", null=True, blank=True)
    extension_document = models.CharField("延期批准文号", max_length=60, blank=True)
    has_committee = models.BooleanField("设支部委员会", default=True)
    group_count = models.PositiveSmallIntegerField("党小组数", default=0)
    unit_name = models.CharField("所在单位", max_length=100, blank=True)
    unit_situation = models.CharField(
        "所在单位情况", max_length=16, choices=UnitSituation, blank=True
    )
    unit_nature = models.CharField("单位性质", max_length=40, blank=True)
    unit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    contact_name = models.CharField("联系人", max_length=50, blank=True)
    contact_phone_sealed = models.CharField(max_length=200, blank=True, editable=False)
    note = models.CharField("备注", max_length=500, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(editable=False)

    objects = OrganizationQuerySet.as_manager()
    machine = Machine(
        state="abolished_on",
        revision="revision",
        touched="updated_at",
        moves={
            "edit": Move("修改"),
            "rename": Move("更名"),
            "change_kind": Move("变更类别"),
            "move": Move("调整隶属"),
            "re_elect": Move("换届"),
            "extend": Move("延期换届"),
            "cease": Move("撤销", from_=[None], to=GIVEN),
        },
        refusal="该党组织已经撤销",
        stale="另一个人刚刚改过这个党组织，请核对后再保存",
    )

    class Meta:
        verbose_name = verbose_name_plural = "党组织"
        ordering = ["path"]
        indexes = [
            models.Index(fields=["parent", "path"], name="organization_children"),
            models.Index(fields=["name_initials"], name="organization_initials"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(abolished_on=None)
                | Q(founded_on=None)
                | Q(abolished_on__gte=F("founded_on")),
                name="organization_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    def get_absolute_url(self) -> str:
        return reverse("orgs:organization-detail", args=[self.pk])

    def name_in(self, whole: "Organization") -> str:
        """What it is called where all are parts of `whole`: 第二党小组, where its own name begins
        with that of the branch."""
        return str(self).removeprefix(str(whole)) or str(self)

    def was_there(self, on: dt.date) -> bool:
        """Whether it exists on the day, as `OrganizationQuerySet.active` has it."""
        begun = self.founded_on is None or self.founded_on <= on
        return begun and (self.abolished_on is None or self.abolished_on > on)

    @property
    def is_branch(self) -> bool:
        """Whether members belong to it directly."""
        return self.kind in BRANCH_KINDS

    @property
    def is_committee(self) -> bool:
        """Whether it is a committee of any level."""
        return self.kind in COMMITTEE_KINDS

    @property
    def has_term(self) -> bool:
        """Dispatched bodies (党工委, also those of streets) are appointed and have no 换届, and a
        group has none of its own (reference §1.1). A date that was entered counts all the same."""
        if self.kind in TERMLESS_KINDS:
            return False
        return self.term_ends_on is not None or not self.name.endswith(DISPATCHED)

    def ancestor_paths(self) -> list[str]:
        """Paths of the organisations above, topmost first."""
        return paths_above(self.path)
