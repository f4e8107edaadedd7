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
    "life.problem.save": "填写问题清单",
    "life.problem.settle": "改写问题清单的一条",
    "life.problem.carry": "转入以前年度的问题",
    "life.appraisal.save": "填写民主评议结果",
    "life.year_plan.save": "制定年度组织生活计划",
    "life.talk.record": "登记谈心谈话",
    "life.talk.write": "填写谈心谈话内容",
    "life.talk.withdraw": "撤回谈心谈话",
    "life.own_membership.prove": "确认本人党员身份",
    "life.own_membership.refuse": "本人党员身份没有核对上",
    "life.study.record": "登记学习",
    "life.study.withdraw": "撤回学习记录",
    "life.study.rules": "确定学时标准",
}

FIELDS: dict[str, str] = {
    "held_on": "日期",
    "version": "第几稿",
    "lines": "写了几条",
    "removed": "去掉几条",
    "members": "几名党员",
    "revision": "第几稿",
    "people": "人数",
    "started_on": "开始日期",
    "from_year": "自哪一年起",
}
