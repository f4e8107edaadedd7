"""What the verbs of the audit trail are called on the page that shows them."""

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
    "orgs.administrator.created": "建立首批管理员",
    "orgs.administrator.proposed": "提请管理员任免",
    "orgs.administrator.confirmed": "确认管理员任免",
    "orgs.administrator.refused": "否决管理员任免",
    "orgs.job.retried": "重试后台事项",
    "orgs.job.given_up": "放弃后台事项",
    "orgs.audit.verified": "核验审计链",
}

FIELDS: dict[str, str] = {
    "username": "登录名",
    "name": "姓名",
    "phone": "手机",
    "email": "邮箱",
    "is_active": "启用",
    "sessions": "会话数",
    "sessions_ended": "结束的会话",
    "role": "角色",
    "valid_from": "自",
    "valid_to": "至",
    "admin_kind": "管理员",
    "state": "状态",
    "ip": "地址",
    "started": "登录时间",
}


def label(verb: str) -> str:
    """The verb in Chinese; as it stands when nobody named it."""
    return VERBS.get(verb, verb)


def choices() -> list[tuple[str, str]]:
    """All named verbs for a select box."""
    return list(VERBS.items())
