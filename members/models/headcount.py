from django.db import models

from core.actor import Actor
from core.models.derived import FilledLedger, Mark
from orgs.access import in_scope
from orgs.permissions import Permission


class Figures(models.Model):
    """Numbers of members by groups that no day changes: ages are counted when asked for."""

    on_roll = models.PositiveIntegerField("在册")
    expected = models.PositiveIntegerField("应到")
    entitled_to_vote = models.PositiveIntegerField("有表决权")
    full = models.PositiveIntegerField("正式党员")
    probationary = models.PositiveIntegerField("预备党员")
    female = models.PositiveIntegerField("女党员")
    minority = models.PositiveIntegerField("少数民族")
    college = models.PositiveIntegerField("大专以上")
    mobile = models.PositiveIntegerField("流动党员")
    lost_contact = models.PositiveIntegerField("失联党员")
    suspended = models.PositiveIntegerField("停止党籍")
    left = models.PositiveIntegerField("已离开")
    as_of = models.DateTimeField("数据截至")

    class Meta:
        abstract = True


class OwnHeadcountQuerySet(models.QuerySet["OwnHeadcount"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.MEMBER_VIEW
    ) -> "OwnHeadcountQuerySet":
        """Figures of organisations where the actor holds `permission`."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission))


class OwnHeadcount(Figures):
    """How many members belong to one organisation itself, and where it stood when they were
    counted. Derived from members; always written anew."""

    organization = models.OneToOneField(
        "orgs.Organization", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    path = models.CharField(max_length=120)

    objects = OwnHeadcountQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "本级人数"
        indexes = [models.Index(fields=["path"], name="own_headcount_path")]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.on_roll}"


class TotalHeadcount(Figures):
    """The sum of the `OwnHeadcount` at and below a path, for paths with something below."""

    path = models.CharField(max_length=120, primary_key=True)

    class Meta:
        verbose_name = verbose_name_plural = "人数汇总"

    def __str__(self) -> str:
        return f"{self.path} {self.on_roll}"


class HeadcountMark(Mark):
    """Members of the organisation changed, or it moved, since its figures were written; until
    they are written again its members are counted when it is read."""

    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "待重算人数"

    def __str__(self) -> str:
        return f"{self.organization_id}"


class HeadcountLedger(FilledLedger):
    """The only row."""

    class Meta:
        verbose_name = verbose_name_plural = "人数核对"

    def __str__(self) -> str:
        return f"{self.compared_at}"
