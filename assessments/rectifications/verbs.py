"""What the audit trail calls acts of rectification."""

VERBS = {
    "rectifications.finding.propose": "提出问题清单",
    "rectifications.finding.edit": "修改问题清单",
    "rectifications.list.issue": "下发整改清单",
    "rectifications.cause.raise": "共性问题列为督办",
    "rectifications.list.export": "导出整改材料",
    "rectifications.pack.export": "下载全部整改通知书",
}
FIELDS = {
    "findings": "问题数",
    "indicator": "指标",
    "due_on": "整改时限",
    "number": "文号",
    "organizations": "单位数",
}
