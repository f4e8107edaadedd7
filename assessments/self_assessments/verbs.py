"""What the audit trail calls acts on self-assessments."""

VERBS = {
    "self_assessments.item.save": "填写自评",
    "self_assessments.item.question": "对自动计分提出异议",
    "self_assessments.item.stand": "撤回异议",
    "self_assessments.item.answer": "重新报送退回的自评",
    "self_assessments.item.return": "退回自评",
    "self_assessments.evidence.add": "自评引用记录",
    "self_assessments.evidence.remove": "自评不再引用记录",
    "self_assessments.attachment.add": "上传自评附件",
    "self_assessments.attachment.remove": "移除自评附件",
    "self_assessments.self_assessment.send": "报送自查自评",
    "self_assessments.self_assessment.go_without": "未自评，按事实考核",
    "self_assessments.self_assessment.export": "导出自查自评",
}
FIELDS = {
    "indicator": "指标",
    "facts": "自评",
    "reason": "说明",
    "evidence": "佐证",
    "format": "格式",
    "items": "项数",
}
