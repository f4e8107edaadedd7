"""What the acts of this app are called on the pages that show the audit trail."""

VERBS: dict[str, str] = {
    "life.meeting.record": "登记组织生活",
    "life.meeting.rewrite": "修改组织生活记录",
    "life.meeting.thank": "查看组织生活记录",
    "life.meeting.return": "退回组织生活记录",
    "life.meeting.withdraw": "撤回组织生活记录",
    "life.meeting.attach": "上传组织生活照片",
    "life.meeting.detach": "移除组织生活照片",
    "life.talk.record": "登记谈心谈话",
    "life.talk.write": "填写谈心谈话内容",
    "life.talk.withdraw": "撤回谈心谈话",
    "life.own_membership.prove": "确认本人党员身份",
    "life.own_membership.refuse": "本人党员身份没有核对上",
}

FIELDS: dict[str, str] = {"held_on": "日期", "version": "第几稿", "revision": "第几稿"}
