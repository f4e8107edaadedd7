"""What the audit trail calls the acts on concerns."""

VERBS: dict[str, str] = {
    "concerns.concern.take": "受理群众诉求",
    "concerns.concern.assign": "分派群众诉求",
    "concerns.concern.answer": "答复群众诉求",
    "concerns.concern.refuse": "群众诉求不属本级",
    "concerns.concern.call_back": "回访群众诉求",
    "concerns.concern.reopen": "重新办理群众诉求",
    "concerns.concern.hand": "群众诉求转督办",
    "concerns.concern.reveal": "查看诉求人联系方式",
    "concerns.concern.inherit": "群众诉求随合并转入",
    "concerns.concern.forget": "删去到期的诉求人联系方式",
    "concerns.concern.export": "导出群众诉求台账",
    "concerns.kind.create": "新增诉求类别",
    "concerns.kind.edit": "修改诉求类别",
    "concerns.import.upload": "上传12345工单",
    "concerns.import.confirm": "确认导入12345工单",
    "concerns.import.cancel": "放弃导入12345工单",
    "concerns.import.apply": "导入12345工单",
    "concerns.import.marked": "生成12345工单标错表",
}

FIELDS: dict[str, str] = {
    "organization": "承办单位",
    "kind": "类别",
    "urgency": "缓急",
    "call_back": "回访结果",
    "count": "件数",
    "number": "文号",
    "name": "名称",
    "hours": "紧急时限",
    "days": "一般时限",
    "template": "答复模板",
    "is_used": "使用",
    "format": "格式",
}
