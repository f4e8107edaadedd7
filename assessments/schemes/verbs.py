"""What the audit trail calls acts on schemes."""

VERBS = {
    "schemes.scheme.create": "新建考核细则",
    "schemes.scheme.edit": "修改考核细则的名称和适用类型",
    "schemes.version.begin": "起草细则新版",
    "schemes.version.save": "修改细则草案",
    "schemes.version.submit": "提交审定细则",
    "schemes.version.send_back": "退回细则",
    "schemes.version.publish": "发布细则",
    "schemes.version.discard": "作废细则草案",
    "schemes.version.attach": "上传细则扫描件",
    "schemes.version.detach": "移去细则扫描件",
}
FIELDS = {
    "classes": "适用类型",
    "content": "细则内容",
    "document_number": "文号",
    "document_on": "文件日期",
    "from_period": "自何期起适用",
    "note": "变更说明",
    "level": "考核对象",
    "name": "名称",
    "year": "年度",
}
