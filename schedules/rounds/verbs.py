"""What the acts of this app are called on the pages that show the audit trail."""

VERBS: dict[str, str] = {
    "schedules.plan.create": "新建计划",
    "schedules.plan.edit": "修改计划",
    "schedules.definition.draft": "起草表样",
    "schedules.definition.edit": "修改表样",
    "schedules.definition.discard": "放弃表样",
    "schedules.definition.publish": "发布表样",
    "schedules.duty.open": "开启任务",
    "schedules.duty.waive": "免除任务",
    "schedules.report.save": "保存月报",
    "schedules.report.submit": "报送月报",
    "schedules.report.accept": "核报通过",
    "schedules.report.return": "退回月报",
    "schedules.report.confirm": "复核月报",
    "schedules.report.reopen": "重开月报",
    "schedules.report.remind": "催办月报",
    "schedules.report.export": "导出月报",
    "schedules.reminder.digest": "发送提醒",
    "schedules.rollup.fill": "重算汇总",
    "schedules.rollup.repair": "更正汇总",
    "schedules.rollup.summary": "发送月度小结",
    "schedules.attachment.add": "上传附件",
    "schedules.attachment.remove": "移除附件",
    "schedules.calendar.fill": "填充工作日历",
    "schedules.calendar.declare_year": "登记放假安排",
    "schedules.calendar.set_day": "设定工作日",
    "schedules.calendar.remove_day": "取消设定",
}

FIELDS: dict[str, str] = {
    "items": "项目",
    "returned": "退回项目",
    "accepted": "通过项目",
    "due_on": "期限",
}
