"""What a board is narrowed by, in its address."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms

from ..queries.boards import Order, Showing, Tab

SHOWING_WORDS: dict[Showing, str] = {
    Showing.RECENT: "在办和近 30 天有变化",
    Showing.OPEN: "在办",
    Showing.OVERDUE: "逾期",
    Showing.RECEIPT: "签收逾期",
    Showing.COMPLETION: "办理逾期",
    Showing.ISSUED: "待签收",
    Showing.DOING: "办理中",
    Showing.WAITING: "等别的单位",
    Showing.HELD_UP: "对方超时",
    Showing.ASKED: "申请延期待答复",
    Showing.REPORTED: "待核验",
    Showing.DRAFT: "拟稿",
    Showing.CLOSED: "近 12 个月销号",
    Showing.WAS_LATE: "近 12 个月销号，曾逾期",
    Showing.TO_LOOK: "待回头看",
    Showing.LOOKED: "近 12 个月回头看",
    Showing.LASTING: "近 12 个月长效",
    Showing.RELAPSED: "近 12 个月反弹",
    Showing.CANCELLED: "已作废",
    Showing.ANY: "全部",
}
TAB_WORDS = {
    Tab.MINE: "我办的",
    Tab.VERIFY: "等我核验",
    Tab.ISSUED: "我交办的",
    Tab.LOOK: "回头看",
}
ORDER_WORDS = {
    Order.WORST: "最急的在前",
    Order.NEWEST: "最近交办的在前",
    Order.NUMBER: "按文号",
    Order.OWNER: "按责任单位",
}


class BoardFilter(forms.Form):
    """Which items, and in which order. What makes no sense is as if it were not there."""

    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[(str(key), word) for key, word in SHOWING_WORDS.items()],
    )
    source = forms.ChoiceField(label="来源", required=False)
    organization = forms.ChoiceField(label="单位", required=False)
    q = forms.CharField(
        label="查找",
        required=False,
        max_length=50,
        widget=forms.TextInput({"placeholder": "事项、文号"}),
    )
    order = forms.ChoiceField(
        label="排序",
        required=False,
        choices=[(str(key), word) for key, word in ORDER_WORDS.items()],
    )

    def __init__(
        self,
        *args: Any,
        sources: Sequence[tuple[str, str]],
        places: Sequence[tuple[str, str]],
        place_word: str,
        is_fixed: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if is_fixed:
            del self.fields["state"]
        _offer(self, "source", [("", "全部来源"), *sources])
        if places:
            _offer(self, "organization", [("", "全部"), *places])
            self.fields["organization"].label = place_word
        else:
            del self.fields["organization"]


def _offer(form: forms.Form, name: str, choices: Sequence[tuple[str, str]]) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = choices
