"""示范点申报表: what the application says, with room for the opinions that are signed."""

from collections.abc import Sequence

from core.documents import Document, Lines
from core.documents.description import Fields
from core.templatetags.words import date_zh

from ..models import DemonstrationSite, SiteEvidence

_ROOM = "\n\n\n（盖章）　　　　年　月　日"


def application(site: DemonstrationSite, evidence: Sequence[SiteEvidence]) -> Document:
    """The form as it is handed in. No query."""
    programme = site.programme
    place = site.organization
    cited = "\n".join(f"{number}. {one.label}" for number, one in enumerate(evidence, 1))
    sent = date_zh(site.sent_at.date()) if site.sent_at else "尚未申报"
    rows = (
        (("创建项目", programme.title),),
        (("级别", programme.get_level_display()), ("命名机关", programme.awarded_by)),
        (("依据", programme.basis),),
        (("申报单位", place.name),),
        (("示范点名称", site.title),),
        (
            ("类别", place.get_organization_class_display()),
            ("负责人", site.responsible_name or "—"),
        ),
        (("申报时间", sent), ("牌号", site.plaque_number or "—")),
        (("背景", site.background or "—"),),
        (("做法", site.practice or "—"),),
        (("成效", site.result or "—"),),
        (("已有记录", cited or "无"),),
        (("推荐意见", _ROOM),),
        (("审批意见", _ROOM),),
    )
    return Document(
        f"{place.name}示范点申报表",
        titles=("示范点申报表",),
        note=programme.title,
        blocks=(Lines((f"填报单位（盖章）：{place.name}",)), Fields(rows)),
    )
