"""What the audit trail calls acts on panels. Opinions stand in it without what was given."""

VERBS = {
    "panels.panel.open": "安排评审",
    "panels.panel.arrange": "调整评审人",
    "panels.panel.close": "结束评审",
    "panels.panel.cancel": "取消评审",
    "panels.panel.inherit": "评审转给合并后的单位",
    "panels.seat.give": "评审",
    "panels.seat.declare": "评审中回避",
}
FIELDS = {
    "people": "评审人",
    "holder": "单位",
    "given": "评了几人",
    "silent": "没有评的",
}
