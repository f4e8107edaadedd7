"""What the acts of this app are called on the pages that show the audit trail."""

VERBS: dict[str, str] = {
    "dispatch.series.create": "新建调度会系列",
    "dispatch.series.edit": "修改调度会系列",
    "dispatch.meeting.draft": "起草调度会",
    "dispatch.meeting.edit": "修改调度会",
    "dispatch.meeting.call": "通知开会",
    "dispatch.meeting.open": "开始开会",
    "dispatch.meeting.close": "闭会",
    "dispatch.meeting.cancel": "取消调度会",
    "dispatch.meeting.amend": "更正会议记录",
    "dispatch.card.add": "加议题",
    "dispatch.card.edit": "修改议题",
    "dispatch.card.remove": "移去议题",
    "dispatch.card.arrange": "排议程",
    "dispatch.card.place": "备选议题列入议程",
    "dispatch.card.defer": "议题顺延",
    "dispatch.card.copy": "议题复制到下次会",
    "dispatch.card.begin": "开始议题",
    "dispatch.outcome.write": "记录结论",
    "dispatch.outcome.remove": "删去结论",
    "dispatch.minutes.export": "导出会议纪要",
    "dispatch.attendance.record": "登记到会",
    "dispatch.attendance.send_deputy": "指定代会人",
}

FIELDS: dict[str, str] = {
    "starts_at": "时间",
    "place": "地点",
    "minutes": "分钟",
    "cards": "议题数",
    "called": "应到人数",
    "issued": "交办督办",
    "deferred": "顺延议题",
    "presence": "到会",
    "kind": "结论类别",
    "position": "次序",
}
