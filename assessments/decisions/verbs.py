"""What the audit trail calls acts on decisions."""

VERBS = {
    "decisions.attachment.add": "上传异议附件",
    "decisions.attachment.remove": "移除异议附件",
    "decisions.decision.take": "记录审定会议",
    "decisions.evidence.add": "引用异议佐证",
    "decisions.evidence.remove": "取消异议佐证",
    "decisions.feedback.export": "导出考核结果反馈书",
    "decisions.objection.answer": "答复考核异议",
    "decisions.objection.confirm": "批准考核更正",
    "decisions.objection.name": "指定异议复核人",
    "decisions.objection.raise": "提出考核异议",
    "decisions.objection.return": "退回异议复核",
    "decisions.objection.withdraw": "撤回考核异议",
    "decisions.publication.make": "公布考核结果",
    "decisions.publication.withdraw": "撤回结果公布",
    "decisions.results.verify": "核对已审定的考核结果",
}
FIELDS = {
    "met_on": "会议日期",
    "minutes_number": "纪要文号",
    "rechecker": "复核人",
    "outcome": "结论",
    "file": "附件",
    "evidence": "佐证",
    "audience": "公布给",
    "shown": "公布内容",
    "since": "自",
    "until": "至",
    "differences": "差异",
    "nodes": "核对的结果",
}
