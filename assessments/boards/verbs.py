"""What the audit trail calls the acts of this app."""

VERBS = {
    "boards.summary.export": "导出得分汇总表",
    "boards.bulletin.export": "导出考核情况通报",
    "boards.sheet.export": "导出考核评分表",
    "boards.pack.export": "下载全部考核评分表",
}
