"""What the acts of this app are called on the pages that show the audit trail."""

VERBS: dict[str, str] = {
    "members.member.create": "登记党员",
    "members.member.change": "修改登记",
    "members.member.exit": "登记离开",
    "members.member.restore": "恢复",
    "members.decision.propose": "提请党籍处理",
    "members.decision.approve": "批准党籍处理",
    "members.decision.refuse": "不批准党籍处理",
    "members.member.move": "调整支部",
    "members.member.reveal": "查看完整信息",
    "members.member.find": "按号码查找",
    "members.member.export": "导出花名册",
    "members.headcount.fill": "重算人数",
    "members.headcount.repair": "更正人数",
    "members.standing.repair": "更正在册沿革",
    "members.import.upload": "上传党员花名册",
    "members.import.confirm": "确认导入党员",
    "members.import.cancel": "放弃导入党员",
    "members.member.number_refused": "身份号码未予登记",
    "members.import.numbers_refused": "花名册中的号码未予登记",
    "members.import.apply": "导入党员",
    "members.import.marked": "下载标出错误的党员表",
}

FIELDS: dict[str, str] = {
    "arrived_on": "转入日期",
    "exit_reason": "离开原因",
    "happened_on": "日期",
    "item": "项目",
    "numbers": "号码个数",
    "full": "含完整号码",
    "rows": "行数",
    "differences": "更正处数",
    "decision": "党籍处理",
    "resolved_on": "决议日期",
    "document_number": "批复文号",
}
