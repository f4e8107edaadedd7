"""What acts on ballots and secretaries' reports are called in the audit trail."""

VERBS = {
    "ballots.round.arrange": "登记测评",
    "ballots.round.drop": "取消测评",
    "ballots.round.settle": "核对计票",
    "ballots.round.reopen": "重新计票",
    "ballots.round.export": "导出测评票和计票单",
    "ballots.count.give": "填计票",
    "ballots.scan.attach": "上传计票单",
    "ballots.scan.detach": "删除计票单",
    "ballots.report.save": "填写述职报告",
    "ballots.report.send": "报送述职报告",
    "ballots.report.return": "退回述职报告",
    "ballots.report.comment": "点评述职",
    "ballots.report.attach": "上传述职附件",
    "ballots.report.detach": "删除述职附件",
    "ballots.report.export": "导出述职报告",
    "ballots.report.summary": "导出述职评议情况表",
}
FIELDS = {
    "held_on": "测评日期",
    "place": "场合",
    "rounds": "单位数",
    "votes": "票数",
}
