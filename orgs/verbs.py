"""What the verbs of the audit trail are called on the page that shows them.

Apps to the left of this one add theirs in their registrations.
"""

VERBS: dict[str, str] = {
    "orgs.session.started": "登录",
    "orgs.session.refused": "登录失败",
    "orgs.session.locked": "登录锁定",
    "orgs.session.closed": "退出登录",
    "orgs.session.ended": "结束会话",
    "orgs.user.created": "建立账号",
    "orgs.user.edited": "修改账号",
    "orgs.user.reset": "重置密码",
    "orgs.user.disabled": "停用账号",
    "orgs.user.enabled": "启用账号",
    "orgs.user.password_changed": "修改密码",
    "orgs.grant.given": "授权",
    "orgs.grant.ended": "结束授权",
    "orgs.grant.switched": "切换身份",
    "orgs.token.created": "建立令牌",
    "orgs.token.revoked": "撤销令牌",
    "orgs.token.calendar": "更换日历地址",
    "orgs.deputy.named": "委托代理",
    "orgs.deputy.ended": "结束代理",
    "orgs.naming.given": "指名",
    "orgs.naming.ended": "结束指名",
    "orgs.recusal.recorded": "登记回避",
    "orgs.recusal.ended": "结束回避",
    "orgs.administrator.created": "建立首批管理员",
    "orgs.administrator.proposed": "提请管理员任免",
    "orgs.administrator.confirmed": "确认管理员任免",
    "orgs.administrator.refused": "否决管理员任免",
    "orgs.job.retried": "重试后台事项",
    "orgs.job.given_up": "放弃后台事项",
    "orgs.audit.verified": "核验审计链",
    "orgs.organization.found": "登记组织",
    "orgs.organization.edit": "修改组织",
    "orgs.organization.rename": "组织更名",
    "orgs.organization.change_kind": "变更组织类别",
    "orgs.organization.move": "调整隶属",
    "orgs.organization.merge": "合并组织",
    "orgs.organization.abolish": "撤销组织",
    "orgs.organization.re_elect": "换届",
    "orgs.organization.extend": "延期换届",
    "orgs.organization.export": "导出党组织",
    "orgs.office.take_up": "登记任职",
    "orgs.office.leave": "登记免职",
    "orgs.import.upload": "上传党组织花名册",
    "orgs.import.confirm": "确认导入党组织",
    "orgs.import.cancel": "放弃导入党组织",
    "orgs.import.apply": "导入党组织",
}

FIELDS: dict[str, str] = {
    "username": "登录名",
    "name": "姓名",
    "phone": "手机",
    "email": "邮箱",
    "is_active": "启用",
    "sessions": "会话数",
    "sessions_ended": "结束的会话",
    "tokens": "有效令牌",
    "role": "角色",
    "valid_from": "自",
    "valid_to": "至",
    "deputy": "代理人",
    "relation": "关系",
    "includes_below": "含下级",
    "scope": "范围",
    "days": "天数",
    "reminders_by_mail": "提醒发邮件",
    "reminder_hour": "提醒时间",
    "weekly_summary": "每周汇总",
    "admin_kind": "管理员",
    "state": "状态",
    "ip": "地址",
    "started": "登录时间",
    "started_on": "任职日期",
    "ended_on": "免职日期",
    "kind": "类别",
    "parent": "上级组织",
    "into": "并入",
    "abolished_on": "撤销日期",
    "extended_until": "延期至",
    "sha256": "文件摘要",
}


def label(verb: str) -> str:
    """The verb in Chinese; as it stands when nobody named it."""
    return VERBS.get(verb, verb)


def choices() -> list[tuple[str, str]]:
    """All named verbs for a select box."""
    return list(VERBS.items())
