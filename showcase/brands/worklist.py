"""What brands put on a person's home: for an organisation its brand's next step, for the zone what is to be
decided or looked at again."""

from django.urls import reverse

from core import clock
from core.actor import Actor
from core.worklist import WorkItem, Worklist
from orgs.permissions import Permission

from .enums import BrandState
from .queries.work import own_brands, to_run


def provide(actor: Actor, work: Worklist) -> None:
    """A line for each brand of one's own organisation that is cultivated, and for who runs brands one with
    how many wait. A query each."""
    if Permission.BRAND_RUN in actor.permissions:
        _to_run(actor, work)
    if Permission.BRAND_PROPOSE in actor.permissions:
        _own(actor, work)


def _to_run(actor: Actor, work: Worklist) -> None:
    counts = to_run(actor, clock.today())
    for key, title, text, query in (
        ("candidates", "品牌候选", "看过以后列入培育，或不再培育。", BrandState.CANDIDATE),
        ("reviewing", "品牌评审", "本单位已提交，等评审决定。", BrandState.REVIEWING),
        ("wanted", "品牌复审", "复审的日子到了，或本单位的数离开了界限。", BrandState.NAMED),
        ("rechecking", "品牌复审决定", "正在复审，等决定。", BrandState.RECHECKING),
    ):
        if counts[key]:
            work.items.append(
                WorkItem(
                    title=f"{title}：{counts[key]} 个",
                    text=text,
                    url=f"{reverse('brands:brand-list')}?state={query}",
                    button="去看看",
                    lead="待办",
                    order=(5, 0),
                )
            )


def _own(actor: Actor, work: Worklist) -> None:
    for brand, step in own_brands(actor):
        due = step.due_on if step is not None else None
        days = (due - clock.today()).days if due is not None else None
        work.items.append(
            WorkItem(
                title=f"品牌培育：{brand}",
                text=f"下一步：{step.get_phase_display()}，{step.what}"
                if step
                else "步骤都办成了，档案写齐就可以提交评审。",
                url=brand.get_absolute_url(),
                button="去办",
                lead=f"{due:%-m月%-d日}" if due is not None else "待办",
                lead_note="" if days is None else (f"还有 {days} 天" if days >= 0 else "已过日子"),
                due_on=due,
                days_left=days,
                order=(5, days if days is not None else 0),
            )
        )
