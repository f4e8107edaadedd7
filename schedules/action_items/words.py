"""What lists of items are called."""

from orgs.models import Organization

from .enums import ActionState
from .queries import narrowing
from .queries.narrowing import Narrowing
from .sources import registered

TAB_WORDS = {
    narrowing.ALL: "全部督办",
    narrowing.MINE: "我办的",
    narrowing.VERIFY: "等我核验",
    narrowing.ISSUED: "我交办的",
    narrowing.LOOK: "回头看",
}
STATE_WORDS = {
    narrowing.OPEN: "在办",
    narrowing.OVERDUE: "逾期",
    **dict(ActionState.choices),
}


def shown_words(asked: Narrowing) -> str:
    """What a list shows, as its head says it. One query where it is of one organisation."""
    committee = Organization.objects.filter(pk=asked.committee).first() if asked.committee else None
    source = registered().get(asked.source)
    words = [
        TAB_WORDS[asked.tab],
        STATE_WORDS.get(asked.state, ""),
        f"来源：{source.label}" if source else "",
        str(committee) if committee else "",
        f"含“{asked.q}”" if asked.q else "",
    ]
    return "，".join(word for word in words if word)
