"""What the acts of this app are called on the pages that show the audit trail."""

VERBS: dict[str, str] = {
    "life.meeting.record": "登记组织生活",
    "life.meeting.rewrite": "修改组织生活记录",
    "life.meeting.thank": "查看组织生活记录",
    "life.meeting.return": "退回组织生活记录",
    "life.meeting.withdraw": "撤回组织生活记录",
    "life.meeting.attach": "上传组织生活照片",
    "life.meeting.detach": "移除组织生活照片",
    "life.groups.arrange": "编党小组",
    "life.exemption.write": "登记免到",
    "life.part.mark": "参加单位点名",
    "life.part.release": "取消参加单位",
    "life.exemption.end": "结束免到",
}

FIELDS: dict[str, str] = {
    "held_on": "日期",
    "version": "第几稿",
    "people": "人数",
    "unit": "参加单位",
    "since": "自",
    "until": "至",
}
