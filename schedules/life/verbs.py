"""What the acts of this app are called on the pages that show the audit trail."""

VERBS: dict[str, str] = {
    "life.meeting.record": "登记组织生活",
    "life.meeting.import": "从台账导入组织生活",
    "life.import.upload": "上传组织生活台账",
    "life.import.confirm": "确认导入组织生活台账",
    "life.import.cancel": "放弃导入组织生活台账",
    "life.import.apply": "写入组织生活台账",
    "life.import.marked": "下载标出错误的组织生活台账",
    "life.meeting.rewrite": "修改组织生活记录",
    "life.meeting.thank": "查看组织生活记录",
    "life.meeting.return": "退回组织生活记录",
    "life.meeting.withdraw": "撤回组织生活记录",
    "life.meeting.attach": "上传组织生活照片",
    "life.meeting.detach": "移除组织生活照片",
}

FIELDS: dict[str, str] = {"held_on": "日期", "version": "第几稿"}
