"""What the acts of this app are called on the pages that show the audit trail."""

VERBS: dict[str, str] = {
    "life.meeting.record": "登记组织生活",
    "life.meeting.rewrite": "修改组织生活记录",
    "life.meeting.thank": "查看组织生活记录",
    "life.meeting.return": "退回组织生活记录",
    "life.meeting.withdraw": "撤回组织生活记录",
    "life.meeting.attach": "上传组织生活照片",
    "life.meeting.detach": "移除组织生活照片",
    "life.meeting.export": "导出组织生活记录",
    "life.ledger.export": "导出组织生活台账",
    "life.binder.export": "下载组织生活档案",
}

FIELDS: dict[str, str] = {"held_on": "日期", "version": "第几稿"}
