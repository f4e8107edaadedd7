"""What the audit trail calls acts on cycles."""

VERBS = {
    "cycles.cycle.open": "开始一期考核",
    "cycles.cycle.freeze": "冻结考核事实",
    "cycles.cycle.review": "开始考核复核",
    "cycles.cycle.submit": "提请审定考核结果",
    "cycles.cycle.send_back": "退回复核",
    "cycles.cycle.seal": "审定考核结果",
    "cycles.run.order": "重新计算考核得分",
    "cycles.mark.give": "人工评分",
    "cycles.mark.withdraw": "撤回人工评分",
    "cycles.posting.credit": "记入整改恢复",
    "cycles.score.correct": "更正考核结果",
    "cycles.score.export": "导出得分说明",
    "cycles.score.fill": "重算考核得分",
    "cycles.score.repair": "修正考核得分",
}
FIELDS = {
    "differences": "差异",
    "nodes": "单位数",
    "period": "期间",
    "known_at": "事实截至",
    "indicator": "指标",
    "facts": "评分",
    "points": "分",
    "about": "说明",
    "grade": "等次",
}
