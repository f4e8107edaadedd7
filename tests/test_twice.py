"""Double click, two tabs, eight at once, steps out of order: one effect, a clear second answer.

AGAIN says for every page that takes POST what the same post is answered the second time. A page
that is added without an entry fails `test_every_post_says_what_a_second_one_does`.
"""

import datetime as dt
import html
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import resolve, reverse
from openpyxl import Workbook

from assessments.schemes.models import SchemeImport
from core import acts, clock
from core.models import AuditEntry, Effect, ImportBatch
from members.models import Member, MemberImport
from orgs.actions import administrators
from orgs.models import (
    AdministratorProposal,
    Organization,
    OrganizationImport,
    RoleGrant,
    User,
)
from schedules.life.definitions import USUAL
from schedules.life.models import LedgerImport
from schedules.rounds.models import Duty, Plan, Report, ReportDefinition

from .access_objects import NOW, message, own, proposal
from .act_bodies import ACTS
from .hostile import POSTS, browser, payload, posts, state_of_all, url_of
from .parallel import run_together
from .test_access_matrix import undone
from .test_attachments import PDF
from .world import Zone, build_zone

Fields = dict[str, Any]
GONE = (404, "也可能刚刚被删除，或已经结束")

# Name -> status and words of the answer to the same post once more. A redirect is followed.
AGAIN: dict[str, tuple[int, str]] = {
    "action_items:attachment-add": (200, "签到表.pdf"),
    "action_items:attachment-remove": GONE,
    "action_items:evidence-add": (200, "第二季度支部党员大会"),
    "action_items:evidence-remove": GONE,
    "action_items:extension-ask": (409, "已有一项延期申请等待答复"),
    "action_items:extension-grant": (409, "这项延期申请已同意"),
    "action_items:extension-refuse": (409, "这项延期申请未同意"),
    "action_items:item-cancel": (409, "这一步已不适用"),
    "action_items:item-comment": (200, "已留言"),
    "action_items:item-create": (422, "刚刚拟过同样的督办"),
    "action_items:item-edit": (409, "另一人刚刚改过这项督办"),
    "action_items:item-issue": (409, "这一步已不适用"),
    "action_items:item-look": (409, "已经有人回头看过"),
    "action_items:item-progress": (409, "另一人刚刚改过这项督办"),
    "action_items:item-receive": (409, "这一步已不适用"),
    "action_items:item-report": (409, "这一步已不适用"),
    "action_items:item-resume": (409, "这一步已不适用"),
    "action_items:item-return": (409, "这一步已不适用"),
    "action_items:item-transfer": (422, "转给"),
    "action_items:item-verify": (409, "这一步已不适用"),
    "action_items:item-wait": (409, "这一步已不适用"),
    "action_items:item-withdraw": (409, "这一步已不适用"),
    "action_items:line-report": (409, "这一步已不适用"),
    "action_items:line-return": (409, "这一步已不适用"),
    "action_items:line-verify": (409, "这一步已不适用"),
    "boards:sheet-pack": (200, "等待生成"),
    "core:inbox-read": (200, ""),
    "core:message-open": (200, ""),
    "life:binder": (200, "等待生成"),
    "life:ledger-export": (200, "等待生成"),
    "life:import": (200, "花名册.xlsx"),
    "life:import-cancel": (409, "已经结束，不能放弃"),
    "life:import-confirm": (409, "状态已经变化"),
    "life:import-marked": (200, "等待生成"),
    "life:import-paste": (200, "粘贴的台账.xlsx"),
    "schemes:import": (200, "花名册.xlsx"),
    "schemes:import-cancel": (409, "已经结束，不能放弃"),
    "schemes:import-confirm": (409, "状态已经变化"),
    "schemes:import-marked": (200, "等待生成"),
    "schemes:import-paste": (200, "粘贴的考核细则.xlsx"),
    "life:exemption-create": (200, "起不计应到"),
    "life:exemption-end": (409, "刚刚已经结束"),
    "life:group-list": (200, "编组没有变化"),
    "life:meeting-create": (200, "已登记。照片可以现在传"),
    "life:meeting-edit": (409, "另一人刚刚改过这份记录"),
    "life:meeting-file-add": (200, "签到表.pdf"),
    "life:meeting-file-remove": GONE,
    "life:meeting-return": (409, "这一步已不适用"),
    "life:meeting-thank": (409, "这一步已不适用"),
    "life:meeting-withdraw": (409, "这一步已不适用"),
    "life:own-membership-prove": (200, "已确认"),
    "life:talk-create": (200, "已登记。"),
    "life:talk-withdraw": (200, "已经撤回"),
    "life:talk-write": (409, "另一人刚刚改过谈话内容"),
    "life:study-create": (200, "已登记。"),
    "life:study-make-up": (200, "已登记 1 人补课"),
    "life:study-rules": (200, "2027 年起按新的算"),
    "life:study-withdraw": (200, "这次学习已经撤回"),
    "life:problem-edit": (200, "问题清单已保存"),
    "life:problem-done": (200, "已记为已改"),
    "life:problem-carry": (200, "已转入这份清单"),
    "life:appraisal-edit": (200, "评议结果已保存"),
    "life:plan-edit": (200, "年度计划已保存"),
    "life:plan-install": (200, "没有变化"),
    "life:part-edit": (200, "已点名"),
    "life:part-release": GONE,
    "members:member-create": (422, "已登记在"),
    "members:member-edit": (200, "内容没有变化"),
    "members:member-exit": (409, "已经登记离开"),
    "members:member-export": (200, ""),
    "members:member-find": (200, ""),
    "orgs:organization-export": (200, ""),
    "orgs:export-allow": (409, "这份导出已批准"),
    "orgs:export-refuse": (409, "这份导出未批准"),
    "orgs:export-withdraw": (200, "这份导出已撤回"),
    "members:member-import": (200, "花名册.xlsx"),
    "members:member-import-apply": (409, "状态已经变化"),
    "members:member-import-cancel": (409, "已经结束，不能放弃"),
    "members:member-import-marked": (200, "等待生成"),
    "members:member-status": (409, "已有一项党籍处理待批准"),
    "members:decision-approve": (409, "党籍处理已批准"),
    "members:decision-refuse": (409, "党籍处理未批准"),
    "members:decision-withdraw": (200, "党籍处理已撤回"),
    "members:member-move": (422, "已经在这个党支部"),
    "members:member-restore": (409, "或已经恢复"),
    "members:member-reveal": (200, "13900000000"),
    "orgs:administrator-confirm": (409, "已经办理过了"),
    "orgs:administrator-propose": (422, "已有一项任免待确认"),
    "orgs:administrator-refuse": (409, "已经办理过了"),
    "orgs:administrator-withdraw": (200, "已经办理过了"),
    "orgs:audit-verify": (409, "上一次核验还没有结束"),
    "orgs:deputy-create": (422, "已有这项身份"),
    "orgs:deputy-end": (409, "已经结束"),
    "orgs:deputy-confirm": (409, "已经办理过了"),
    "orgs:deputy-refuse": (409, "已经办理过了"),
    "orgs:deputy-withdraw": (409, "已经办理过了"),
    "orgs:naming-end": (409, "已经结束"),
    "orgs:organization-namings": (422, "已指名"),
    "orgs:grant-create": (422, "已有这项授权"),
    "orgs:grant-end": (409, "已经结束"),
    "orgs:grant-switch": (200, ""),
    "orgs:job-give-up": (409, "状态已变化"),
    "orgs:job-retry": (409, "状态已变化"),
    "orgs:login": (200, ""),
    "orgs:logout": (200, "登录"),
    "orgs:office-create": (422, "现任书记是蔡航国"),
    "orgs:office-end": (409, "已经登记过免职"),
    "orgs:office-correct": (409, "另一人刚刚改过这项任职"),
    "orgs:user-open": (409, "名单刚刚有变化，没有开户"),
    "orgs:grant-offices": (409, "名单刚刚有变化，没有授权"),
    "orgs:slip-print": (409, "没有再印"),
    "orgs:slip-use": (200, ""),
    "orgs:start-root": (409, "党工委已经登记"),
    "orgs:mail-test": (409, "上一封测试邮件还没有结果"),
    "orgs:organization-abolish": (422, "撤销"),
    "orgs:organization-create": (422, "已有同名的党组织"),
    "orgs:organization-edit": (200, "信息已保存"),
    "orgs:organization-extend": (422, "延期应晚于原来的届满日期"),
    "orgs:organization-import": (200, "花名册.xlsx"),
    "orgs:organization-import-cancel": (409, "已经结束，不能放弃"),
    "orgs:organization-import-confirm": (409, "状态已经变化"),
    "orgs:organization-import-marked": (200, "等待生成"),
    "orgs:organization-merge": (422, "撤销"),
    "orgs:organization-move": (422, "已经隶属于"),
    "orgs:organization-re-elect": (422, "换届日期应晚于本届起始日期"),
    "orgs:organization-rename": (422, "新名称与现名称相同"),
    "orgs:organization-upgrade": (422, "组织类别没有变化"),
    "orgs:password-change": (422, "当前密码不正确"),
    "orgs:preferences": (200, "已保存"),
    "orgs:profile": (200, "已保存"),
    "orgs:session-end": GONE,
    "orgs:session-end-any": GONE,
    "orgs:token-calendar": (409, "没有再次更换"),
    "orgs:token-create": (422, "已有一个名为“街道数据平台”的有效令牌"),
    "orgs:token-revoke": (200, "已撤销"),
    "orgs:token-revoke-any": (200, "已撤销"),
    "orgs:user-create": (422, "已有人使用"),
    "orgs:user-disable": (409, "已经停用"),
    "orgs:user-edit": (200, "已保存"),
    "orgs:user-enable": (409, "没有停用"),
    "orgs:user-reset": (409, "没有再次重置"),
    "dispatch:attendance-deputy": (200, "由李勇代会"),
    "dispatch:card-create": (422, "刚刚加过同样的议题"),
    "dispatch:card-defer": GONE,
    "dispatch:card-edit": (409, "另一人刚刚改过这个议题"),
    "dispatch:card-minutes": (200, "6 分钟"),
    "dispatch:card-remove": GONE,
    "dispatch:card-shift": (200, "次序已改"),
    "dispatch:meeting-arrange": (200, "次序已改"),
    "dispatch:meeting-call": (200, "这一步已不适用"),
    "dispatch:meeting-cancel": (409, "这一步已不适用"),
    "dispatch:meeting-create": (422, "在这个月已有一次会议"),
    "dispatch:meeting-draft": (200, "新列入 0 项"),
    "dispatch:meeting-edit": (409, "另一人刚刚改过这次会议"),
    "dispatch:meeting-place": (200, "已列入议程"),
    "dispatch:meeting-roll": (200, "没有变化"),
    "dispatch:series-create": (422, "已有同名的系列"),
    "dispatch:series-edit": (409, "另一人刚刚改过这个系列"),
    "dispatch:topic-create": (422, "刚刚提过同样的议题"),
    "dispatch:topic-edit": (409, "另一人刚刚改过这个议题"),
    "dispatch:topic-remove": GONE,
    "action_items:item-from-report": (409, "不用再转"),
    "action_items:alike-gather": (422, "请至少勾选两件"),
    "action_items:feedback-create": (422, "同样的意见已经提交"),
    "action_items:feedback-answer": (409, "这条意见建议已答复"),
    "action_items:feedback-withdraw": (409, "这条意见建议已撤回"),
    "action_items:feedback-hand": (409, "不用再转"),
    "dispatch:card-begin": (200, ""),
    "dispatch:letters-docx": (200, "等待生成"),
    "dispatch:letters-pdf": (200, "等待生成"),
    "dispatch:meeting-amend": (422, "同样的更正已经记下"),
    "dispatch:meeting-close": (200, "这一步已不适用"),
    "dispatch:meeting-open": (409, "这一步已不适用"),
    "dispatch:outcome-remove": GONE,
    "dispatch:outcome-write": (200, "按班次分两场开"),
    "dispatch:room-defer": (409, "另一人刚刚改过这个议题"),
    "dispatch:draw-create": (422, "已经用过"),
    "dispatch:draw-publish": (200, "这一步已不适用"),
    "dispatch:draw-run": (200, "这一步已不适用"),
    "dispatch:finding-add": (200, "已记下"),
    "dispatch:finding-hand": (409, "已经转为督办"),
    "dispatch:tour-note": (200, "已记下"),
    "dispatch:tour-note-hand": (409, "已经转为督办"),
    "dispatch:tour-stop-add": (422, "已经在路线上"),
    "dispatch:tour-stop-remove": GONE,
    "dispatch:visit-begin": (200, "这一步已不适用"),
    "dispatch:visit-cancel": (409, "这一步已不适用"),
    "dispatch:visit-create": (422, "已有一次"),
    "dispatch:visit-file-add": (200, "签到表.pdf"),
    "dispatch:visit-file-remove": GONE,
    "dispatch:visit-finish": (409, "这一步已不适用"),
    "dispatch:visit-note": (409, "另一人刚刚写过"),
    "dispatch:visit-schedule": (200, "日期已定"),
    "schedules:attachment-add": (200, "签到表.pdf"),
    "schedules:attachment-remove": GONE,
    "schedules:calendar-day-remove": (200, "恢复为按星期推算"),
    "schedules:calendar-day-set": (200, "记为上班（调休）"),
    "schedules:calendar-year-declare": (200, "记为录入完毕"),
    "schedules:burden-cap": (200, "上限已定为每月 45 分钟"),
    "schedules:definition-renew": (200, "已续到"),
    "schedules:definition-copy": (422, "已有名为“新表”的表样"),
    "schedules:definition-discard": GONE,
    "schedules:definition-draft": (200, ""),
    "schedules:definition-edit": (200, "草稿已保存"),
    "schedules:definition-new": (200, ""),
    "schedules:definition-publish": (200, "已启用，不能再改"),
    "schedules:definition-try": (200, "还有"),
    "schedules:duty-waive-many": (422, "没有选中可以办理的组织"),
    "schedules:duty-extend-many": (422, "都不能这样办理"),
    "schedules:duty-resume-many": (422, "没有选中可以办理的组织"),
    "schedules:duty-waive": (409, "这一步已不适用"),
    "schedules:duty-resume": (409, "这一步已不适用"),
    "schedules:duty-extend": (409, "另一人刚刚办过这件事"),
    "schedules:duty-unlock": (409, "另一人刚刚办过这件事"),
    "schedules:duty-begin": (200, ""),
    "schedules:duty-withdraw": (409, "这一步已不适用"),
    "schedules:report-accept-opened": (200, "没有通过任何一份"),
    "schedules:report-withdraw": (200, "这一步已不适用"),
    "schedules:duty-accept": (409, "这一步已不适用"),
    "schedules:duty-return": (409, "这一步已不适用"),
    "schedules:record-add": (200, "已登记"),
    "schedules:record-resend": (409, "这一步已不适用"),
    "schedules:record-remove": GONE,
    "schedules:mark-edit": (200, "已列入调度"),
    "schedules:mark-remove": (200, "不再列入调度"),
    "schedules:mark-answer": (200, "已答复"),
    "schedules:reading-export": (200, "等待生成"),
    "action_items:item-docx": (200, "等待生成"),
    "action_items:item-export": (200, "等待生成"),
    "action_items:item-pdf": (200, "等待生成"),
    "schedules:month-docx": (200, "等待生成"),
    "schedules:board-rows-export": (200, "等待生成"),
    "schedules:month-export": (200, "等待生成"),
    "schedules:month-pdf": (200, "等待生成"),
    "schedules:plan-edit": (200, "计划已保存"),
    "schedules:plan-install": (200, "已备好"),
    "schedules:plan-new": (422, "已有名为“主题党日”的计划"),
    "schedules:plan-renew": (200, "已续到"),
    "schedules:plan-open": (200, "早已打开，没有变化"),
    "schedules:case-start": (200, "已开启"),
    "schedules:case-stop": (200, "明天起停办"),
    "schedules:report-check": (422, "不在待核之列"),
    "schedules:report-confirm": (200, "这一步已不适用"),
    "schedules:duty-recusal-end": GONE,
    "schedules:duty-recuse": GONE,
    "schedules:report-missing": (200, "电话只在这一页显示"),
    "schedules:report-remind": (200, "没有发出新的提醒"),
    "schedules:report-reopen": (422, "请选择要重新打开的项目"),
    "schedules:report-save": (200, ""),
    "schedules:report-submit": (200, "这一步已不适用"),
    "rectifications:cause-detail": (409, "不用再列"),
    "rectifications:finding-edit": (200, ""),
    "rectifications:finding-propose": (200, "没有新的问题"),
    "rectifications:notice-pack": (200, "等待生成"),
    "rectifications:rectification-detail": (200, ""),
    "ballots:count-all": (200, "没有变化"),
    "ballots:count-one": (200, "没有变化"),
    "ballots:report-file-add": (200, "签到表.pdf"),
    "ballots:report-file-remove": GONE,
    "ballots:report-comment": (200, "点评已保存"),
    "ballots:report-edit": (200, "已保存"),
    "ballots:report-return": (409, "这一步已不适用"),
    "ballots:report-send": (200, "这一步已不适用"),
    "ballots:round-arrange": (200, "日期和场合已更新"),
    "ballots:round-drop": (409, "没有可以取消的测评"),
    "ballots:round-reopen": (409, "这一步已不适用"),
    "ballots:round-settle": (409, "这一步已不适用"),
    "ballots:scan-add": (200, "签到表.pdf"),
    "ballots:scan-remove": GONE,
    "reviews:arrange": (409, "另一人刚刚改过安排"),
    "reviews:begin": (200, "这一步已不适用"),
    "reviews:case-assign": (422, "谁没有评的"),
    "reviews:case-hand-over": GONE,
    "reviews:case-recuse": GONE,
    "reviews:evidence-look": (200, ""),
    "reviews:example": (200, "参考分"),
    "reviews:example-edit": (409, "另一人刚刚改过这道样题"),
    "reviews:example-new": (200, ""),
    "reviews:example-remove": GONE,
    "reviews:item-return": (200, ""),
    "reviews:item-reopen": (409, "这一步已不适用"),
    "reviews:seat": (409, "你在另一个窗口里改过这一项"),
    "cycles:cycle-freeze": (200, "这一步已不适用"),
    "cycles:cycle-open": (200, "2026年上半年"),
    "cycles:cycle-recompute": (200, ""),
    "cycles:cycle-review": (200, "这一步已不适用"),
    "decisions:attachment-add": (200, "签到表.pdf"),
    "decisions:attachment-remove": GONE,
    "decisions:decision": (409, "这一步已不适用"),
    "decisions:evidence-add": (200, "第二季度支部党员大会"),
    "decisions:evidence-remove": GONE,
    "decisions:objection-answer": (409, "这一步已不适用"),
    "decisions:objection-confirm": (200, "这一步已不适用"),
    "decisions:objection-create": (409, "还没有答复"),
    "decisions:objection-name": (409, "另一人刚刚办理过这件异议"),
    "decisions:objection-return": (409, "这一步已不适用"),
    "decisions:objection-withdraw": (409, "这一步已不适用"),
    "decisions:publication-create": (409, "已经公布给同样的人"),
    "decisions:publication-withdraw": (409, "这一步已不适用"),
    "cycles:cycle-send-back": (409, "这一步已不适用"),
    "cycles:cycle-submit": (200, "这一步已不适用"),
    "cycles:mark": (200, ""),
    "self_assessments:attachment-add": (200, ""),
    "self_assessments:attachment-remove": GONE,
    "self_assessments:evidence-add": (200, "第二季度支部党员大会"),
    "self_assessments:evidence-remove": GONE,
    "self_assessments:item-answer": (409, "已经重新报送"),
    "self_assessments:item-edit": (200, "已保存"),
    "self_assessments:item-stand": (200, "已撤回"),
    "self_assessments:self-assessment-return": (200, "已经退回过了"),
    "self_assessments:self-assessment-send": (200, "这一步已不适用"),
    "self_assessments:self-assessment-without": (200, "按未自评处理"),
    "brands:brand-arrange": (409, "正在评审"),
    "brands:brand-begin": (200, "这一步已不适用"),
    "brands:brand-decide": (409, "这一步已不适用"),
    "brands:brand-edit": (409, "另一人刚刚改过这个品牌"),
    "brands:brand-end": (409, "这一步已不适用"),
    "brands:brand-recheck": (409, "这一步已不适用"),
    "brands:brand-steps": (409, "另一人刚刚改过这个品牌"),
    "brands:brand-submit": (200, "这一步已不适用"),
    "brands:copy-create": (200, "已登记学用"),
    "brands:copy-edit": (409, "另一人刚刚改过"),
    "brands:highlight-create": (200, "已记下"),
    "brands:highlight-drop": (200, "这一步已不适用"),
    "brands:highlight-edit": (409, "另一人刚刚改过这个亮点"),
    "brands:highlight-take": (409, "这一步已不适用"),
    "brands:mark-add": (200, ""),
    "brands:mark-remove": GONE,
    "projects:campaign-create": (422, "请换一个名称"),
    "projects:campaign-edit": (409, "另一人刚刚改过这个专项行动"),
    "projects:attachment-add": (200, ""),
    "projects:attachment-remove": GONE,
    "projects:item-link": (200, "已关联督办"),
    "projects:item-unlink": (200, "已取消关联督办"),
    "projects:milestone-done": (409, "已经记为完成"),
    "projects:milestone-reopen": (200, "已经重新打开"),
    "projects:money-add": (409, "另一人刚刚办过这个项目"),
    "projects:project-check": (409, "这一步已不适用"),
    "projects:project-close": (409, "这一步已不适用"),
    "projects:project-create": (200, "已存为草稿"),
    "projects:project-decide": (409, "这一步已不适用"),
    "projects:project-edit": (409, "另一人刚刚办过这个项目"),
    "projects:project-grade": (409, "这一步已不适用"),
    "projects:project-midterm": (409, "另一人刚刚办过这个项目"),
    "projects:project-settle": (409, "这一步已不适用"),
    "projects:project-submit": (200, "这一步已不适用"),
    "projects:request-ask": (409, "另一人刚刚办过这个项目"),
    "projects:request-decide": (409, "已经批过"),
    "panels:conflict-declare": GONE,
    "panels:panel-cancel": (409, "这一步已不适用"),
    "panels:panel-close": (409, "这一步已不适用"),
    "panels:people-edit": (409, "另一人刚刚改过这次评审的安排"),
    "panels:seat-edit": (409, "你在另一个窗口里改过这份意见"),
    "weak_cases:case-accept": (409, "这一步已不适用"),
    "weak_cases:case-create": (409, "已经提出或正在整顿"),
    "weak_cases:case-decide": (409, "这一步已不适用"),
    "weak_cases:case-follow": (409, "这一步已不适用"),
    "weak_cases:case-plan": (409, "这一步已不适用"),
    "weak_cases:criterion-create": (409, "已有同样的一条标准"),
    "weak_cases:criterion-edit": (409, "另一人刚刚改过这条标准"),
    "concerns:body-create": (422, "已有"),
    "concerns:body-edit": (409, "另一人刚刚改过这个单位"),
    "concerns:concern-drop": (409, "这一步已不适用"),
    "concerns:filing-create": (200, "诉求编号"),
    "concerns:filing-query": (200, "已收到"),
    "concerns:form-edit": (409, "另一人刚刚改过公开表单"),
    "concerns:concern-answer": (409, "这一步已不适用"),
    "concerns:concern-assign": (409, "另一人刚刚办过这件诉求"),
    "concerns:concern-call": (409, "这一步已不适用"),
    "concerns:concern-create": (200, "已受理"),
    "concerns:concern-hand": (409, "不用再转"),
    "concerns:concern-pass-up": (403, "由承办单位和上级党组织办理"),
    "concerns:concern-practice": (409, "这个办法已经定过"),
    "concerns:practice-edit": (409, "另一人刚刚改过这条做法"),
    "concerns:template-create": (422, "这个类别已有"),
    "concerns:template-edit": (409, "另一人刚刚改过这个模板"),
    "concerns:concern-refuse": (409, "这一步已不适用"),
    "concerns:concern-reopen": (409, "这一步已不适用"),
    "concerns:concern-reveal": (200, "13900000000"),
    "concerns:import": (200, "花名册.xlsx"),
    "concerns:import-cancel": (409, "已经结束，不能放弃"),
    "concerns:import-confirm": (409, "状态已经变化"),
    "concerns:import-marked": (200, "等待生成"),
    "concerns:kind-create": (422, "这个类别"),
    "concerns:kind-edit": (409, "另一人刚刚改过这个类别"),
    "neighbours:wish-create": (200, "已发布"),
    "neighbours:wish-claim": (200, "已由本组织认领"),
    "neighbours:wish-return": (200, "这一步已不适用"),
    "neighbours:wish-fulfil": (409, "这一步已不适用"),
    "neighbours:wish-withdraw": (409, "这一步已不适用"),
    "neighbours:post-create": (409, "已在这个网格的这个岗上"),
    "neighbours:post-end": (409, "这个岗已经结束"),
    "neighbours:partnership-create": (422, "已经与开发区供电所登记过"),
    "neighbours:partnership-note": (200, "已记下"),
    "neighbours:partnership-end": (200, "这项共建已经结束"),
    "themes:finder-read": (200, "正在重算"),
    "themes:theme-conclude": (409, "这一步已不适用"),
    "themes:theme-create": (200, "已拟好"),
    "themes:theme-dates": (409, "另一人刚刚改过这个主题"),
    "themes:theme-drop": (200, "这一步已不适用"),
    "themes:theme-edit": (409, "另一人刚刚改过这个主题"),
    "themes:theme-publish": (409, "这一步已不适用"),
    "themes:theme-remark": (200, "已写上"),
    "themes:theme-scope": (409, "另一人刚刚改过这个主题"),
    "public:picture-add": (200, ""),
    "public:picture-edit": (200, "一月一换"),
    "public:picture-remove": GONE,
    "public:story-create": (200, "已存为草稿"),
    "public:story-edit": (409, "另一人刚刚改过"),
    "public:story-hand-in": (200, "这一步已不适用"),
    "public:story-publish": (409, "这一步已不适用"),
    "public:story-remove": GONE,
    "public:story-reopen": (200, "这一步已不适用"),
    "public:story-return": (409, "这一步已不适用"),
    "public:story-schedule": (409, "另一人刚刚改过"),
    "public:story-take-back": (200, "这一步已不适用"),
    "public:story-take-down": (409, "这一步已不适用"),
    "sites:attachment-add": (200, ""),
    "sites:attachment-remove": GONE,
    "sites:evidence-add": (200, "第二季度支部党员大会"),
    "sites:evidence-remove": GONE,
    "sites:programme-close": (200, "这一步已不适用"),
    "sites:programme-create": (200, "已拟好"),
    "sites:programme-edit": (409, "另一人刚刚改过这个项目"),
    "sites:programme-open": (200, "这一步已不适用"),
    "sites:site-apply": (200, "已存为草稿"),
    "sites:site-check": (200, "核查卡已存"),
    "sites:site-decline": (409, "这一步已不适用"),
    "sites:site-edit": (409, "另一人刚刚改过"),
    "sites:site-name": (409, "这一步已不适用"),
    "sites:site-register": (422, "已有一份申报或一个示范点"),
    "sites:site-remove": (409, "这一步已不适用"),
    "sites:site-renew": (409, "另一人刚刚改过"),
    "sites:site-return": (409, "这一步已不适用"),
    "sites:site-review": (409, "已经安排过评审"),
    "sites:site-send": (200, "这一步已不适用"),
    "sites:site-warn": (409, "这一步已不适用"),
    "sites:site-withdraw": (200, "这一步已不适用"),
    "schemes:exemption-approve": (409, "这一步已不适用"),
    "schemes:exemption-create": (422, "正等批准"),
    "schemes:exemption-end": (409, "这一步已不适用"),
    "schemes:exemption-refuse": (409, "这一步已不适用"),
    "schemes:group-copy": (200, ""),
    "schemes:group-create": (422, "已在"),
    "schemes:group-edit": (409, "另一人刚刚改过这个分组"),
    "schemes:group-remove": GONE,
    "schemes:group-save": (409, "另一人刚刚改过这一版细则"),
    "schemes:indicator-save": (409, "另一人刚刚改过这一版细则"),
    "schemes:indicator-try": (200, "得分"),
    "schemes:marks-save": (409, "另一人刚刚改过这一版细则"),
    "schemes:node-add": (409, "另一人刚刚改过这一版细则"),
    "schemes:node-move": (409, "另一人刚刚改过这一版细则"),
    "schemes:node-remove": (409, "另一人刚刚改过这一版细则"),
    "schemes:node-restore": (409, "另一人刚刚改过这一版细则"),
    "schemes:scan-add": (200, "签到表.pdf"),
    "schemes:scan-remove": GONE,
    "schemes:scheme-begin": (200, ""),
    "schemes:scheme-create": (422, "已有同名的细则"),
    "schemes:scheme-edit": (200, "已修改"),
    "schemes:version-discard": (200, "这一步已不适用"),
    "schemes:version-publish": (409, "这一步已不适用"),
    "schemes:version-return": (409, "这一步已不适用"),
    "schemes:version-settings": (409, "另一人刚刚改过这一版细则"),
    "schemes:version-submit": (409, "这一步已不适用"),
}
# Looking at something twice is looking twice: each look stays in the audit trail.
LOOKS = {
    "schedules:report-missing": "schedules.report.reveal",
    "members:member-export": "members.member.export",
    "orgs:organization-export": "orgs.organization.export",
    "members:member-find": "members.member.find",
    "members:member-reveal": "members.member.reveal",
    "concerns:concern-reveal": "concerns.concern.reveal",
}
# There is nothing to do the first time either, for these honest posts.
IDLE = {
    "orgs:login",
    "orgs:logout",
    "schedules:definition-try",
    "schemes:indicator-try",
    "concerns:filing-query",
}
UNSTABLE = ("Session", "AuditEntry", "AuditHead", "AccessAttempt", "AccessLog")


def workbook() -> bytes:
    book = Workbook()
    book.active.append(["姓名", "公民身份号码"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


BOOK = workbook()


class FormReader(HTMLParser):
    """The fields of the form on a page that has the field `mark`, as a browser would send them."""

    def __init__(self, page: str, mark: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.select, self.area = "", ""
        self.feed(page)
        self.fields: Fields = next(form for form in self.forms if mark in form)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self.forms.append({})
        elif tag == "input" and name and self.forms:
            if given.get("type") in ("checkbox", "radio"):
                if "checked" in given:
                    self.forms[-1].setdefault(name, []).append(value or "on")
            else:
                self.forms[-1][name] = value
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.forms[-1][self.select] = value
        elif tag == "textarea":
            self.area = name
            self.forms[-1][name] = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.forms[-1][self.area] += data

    def handle_endtag(self, tag: str) -> None:
        self.select = "" if tag == "select" else self.select
        self.area = "" if tag == "textarea" else self.area


@dataclass
class Post:
    """One honest post: who, where, and what; the fields anew for each sending, for the files."""

    client: Client
    url: str
    fields: Callable[[], Fields]

    def send(self, client: Client | None = None, *, follow: bool = True, **changes: Any) -> Any:
        sender = client or self.client
        return sender.post(self.url, {**self.fields(), **changes}, follow=follow)


def honest(zone: Zone, name: str) -> Post:
    """A post that has an effect, with the hidden fields that its page carries."""
    if name == "core:inbox-read":
        message(own(zone))
    if name == "orgs:user-enable":
        User.objects.filter(pk=zone.users["huzhuang1"].pk).update(is_active=False)
    url = url_of(zone, name)
    client = browser(zone, name)
    own_fields = OWN.get(name)
    fixed = own_fields(zone, client, url) if own_fields else None

    def fields() -> Fields:
        if name.endswith((":attachment-add", "-file-add", ":scan-add")):
            return {"file": SimpleUploadedFile("签到表.pdf", PDF)}
        if name.endswith(
            (
                ":organization-import",
                ":member-import",
                "life:import",
                "schemes:import",
                "concerns:import",
            )
        ):
            return {"file": SimpleUploadedFile("花名册.xlsx", BOOK)}
        return fixed if fixed is not None else payload(zone, name)

    if fixed is None and fields() and not any(hasattr(one, "read") for one in fields().values()):
        fixed = fields()  # as the page was when it was opened
    return Post(client, url, fields)


def _from_page(mark: str, **changes: Any) -> Callable[[Zone, Client, str], Fields]:
    def read(zone: Zone, client: Client, url: str) -> Fields:
        return {**FormReader(client.get(url).content.decode(), mark).fields, **changes}

    return read


def _with_hidden(name: str, page: Callable[[Zone], str]) -> Callable[[Zone, Client, str], Fields]:
    """The fields of POSTS and the hidden mark of the page that shows the form."""

    def read(zone: Zone, client: Client, url: str) -> Fields:
        shown = client.get(page(zone)).content.decode()
        part = shown[shown.index(f'action="{url}"') :] if f'action="{url}"' in shown else shown
        part = part[part.index('name="seen" value="') + len('name="seen" value="') :]
        return {**payload(zone, name), "seen": html.unescape(part[: part.index('"')])}

    return read


def _edit_page(zone: Zone) -> str:
    return reverse("orgs:user-edit", args=[zone.users["huzhuang1"].pk])


def _token(zone: Zone, client: Client, url: str) -> Fields:
    grant = zone.users["huzhuang1"].grants.get()
    return {"name": "街道数据平台", "grant": str(grant.pk), "scope": "read", "days": "90"}


def _second_look(zone: Zone, client: Client, url: str) -> Fields:
    Duty.objects.update(needs_second_look=True)
    return payload(zone, "schedules:report-confirm")


def _no_monthly_report(zone: Zone, client: Client, url: str) -> Fields:
    Plan.objects.update(key="other")
    return {}


def _correction(zone: Zone, client: Client, url: str) -> Fields:
    return _with_hidden("orgs:office-correct", lambda zone: url)(zone, client, url)


def _as_succeeds(zone: Zone, client: Client, url: str) -> Fields:
    """What makes the act succeed, for the ids of its address."""
    found = resolve(url)
    typed = ACTS[str(found.view_name)].typed
    assert typed is not None
    return typed(own(zone), found.kwargs)


OWN: dict[str, Callable[[Zone, Client, str], Fields]] = {
    "reviews:arrange": _from_page("revision"),
    "reviews:evidence-look": _as_succeeds,
    "reviews:case-hand-over": _as_succeeds,
    "reviews:case-assign": _as_succeeds,
    "orgs:office-correct": _correction,
    "orgs:token-create": _token,
    "orgs:token-calendar": _with_hidden("orgs:token-calendar", lambda zone: "/account/tokens/"),
    "orgs:user-edit": _with_hidden("orgs:user-edit", _edit_page),
    "orgs:user-reset": _with_hidden("orgs:user-reset", _edit_page),
    "schedules:definition-edit": _from_page("token", name="月报（改）"),
    "schedules:report-confirm": _second_look,
    "schedules:plan-install": _no_monthly_report,
    "schedules:calendar-day-set": lambda zone, client, url: {
        **POSTS["schedules:calendar-day-set"],
        "is_working": "1",
        "name": "调休",
    },
}


def seen(answer: Any) -> str:
    """The words of the page; a file has none."""
    return "" if answer.streaming else html.unescape(answer.content.decode())


def verbs_since(count: int) -> list[str]:
    """Without looks for what is no longer there: a second click on a button that took it away."""
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)[count:]
    return [verb for verb in verbs if verb != "orgs.access.refused"]


@pytest.fixture
def zone(zone_in_june: Zone) -> Zone:
    """Whatever is called, the month is open."""
    return zone_in_june


# --- the table is complete ----------------------------------------------------------------------


def test_every_post_says_what_a_second_one_does() -> None:
    assert posts() == sorted(AGAIN), "say in tests/test_twice.py what a second click is answered"
    assert posts() == sorted(TABS), "say in tests/test_twice.py what a second tab is answered"
    assert set(LOOKS) | IDLE | set(UNGATED) <= set(AGAIN)


# --- twice in a row -----------------------------------------------------------------------------


# Posts that pass by the gate of acts (core/acts.py), each with the reason.
UNGATED = {
    "schedules:definition-try": "a form that is tried: checked and kept nowhere",
    "schemes:indicator-try": "a rule that is tried: computed and kept nowhere",
    "members:member-find": "a search; a post so that no number stands in an address",
    "concerns:filing-query": "a question by number and code; a post so that they stand in no address",
    "orgs:grant-switch": "changes the session, no row",
    "orgs:login": "begins the session: there is no actor yet",
    "orgs:logout": "ends the session",
    "schedules:report-remind": "has no form, and its refusals are messages",
}


@pytest.fixture
def gated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One word for each time that somebody came through the gate."""
    passed: list[str] = []
    carry_out = acts.carry_out

    def counted(*args: Any) -> Any:
        passed.append("through")
        return carry_out(*args)

    monkeypatch.setattr(acts, "carry_out", counted)
    return passed


@pytest.mark.parametrize("name", sorted(AGAIN))
def test_second_click_has_no_second_effect(zone: Zone, name: str, gated: list[str]) -> None:
    with clock.at(NOW):
        post = honest(zone, name)
        before, count = state_of_all(without=UNSTABLE), AuditEntry.objects.count()
        first = post.send()
        assert first.status_code == 200, seen(first)
        # What is asked before it is done came to the gate to be asked about too.
        times = 2 if "agreed" in POSTS[name] else int(name not in UNGATED)
        assert len(gated) == times, "an act goes once through acts.perform"
        after, verbs = state_of_all(without=UNSTABLE), verbs_since(count)
        assert name in IDLE or verbs or before != after, "the first click did nothing"

        count = AuditEntry.objects.count()
        second = post.send()
    status, words = AGAIN[name]
    assert second.status_code == status, seen(second)
    assert words in seen(second)
    assert state_of_all(without=UNSTABLE) == after
    assert verbs_since(count) == ([LOOKS[name]] if name in LOOKS else [])


# --- two tabs ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tab:
    """What the second tab, opened before the first was sent, sends otherwise, and its answer."""

    changes: Fields
    status: int
    words: str


STALE_ORGANIZATION = "另一个人刚刚改过这个党组织"
# A Tab, or why another post from an older page is a new act of its own and no collision.
NOTHING_TYPED = "nothing is typed: as a second click"
OWN_SETTING = "the person's own setting: what he says last holds"
ANOTHER = "something else is typed: another thing, which is made too"
LOOK = "changes nothing"
TABS: dict[str, Tab | str] = {
    **dict.fromkeys(
        (name for name in POSTS if not POSTS[name] and name != "orgs:token-create"), NOTHING_TYPED
    ),
    "action_items:feedback-create": ANOTHER,
    "action_items:alike-gather": Tab({"title": "另一个页面的事项"}, 422, "请至少勾选两件"),
    "action_items:item-from-report": Tab({"title": "另一个页面的事项"}, 409, "不用再转"),
    "action_items:feedback-answer": Tab({"text": "另一个页面的答复"}, 409, "这条意见建议已答复"),
    "action_items:feedback-hand": Tab({"title": "另一个页面的事项"}, 409, "不用再转"),
    "action_items:attachment-add": ANOTHER,
    "dispatch:visit-file-add": ANOTHER,
    "action_items:extension-ask": Tab({"reason": "另一个页面的理由"}, 409, "等待答复"),
    "action_items:extension-grant": Tab({"answer": "另一个页面"}, 409, "已同意"),
    "action_items:extension-refuse": Tab({"answer": "另一个页面"}, 409, "未同意"),
    "action_items:item-cancel": Tab({"reason": "另一个页面"}, 409, "这一步已不适用"),
    "action_items:item-comment": ANOTHER,
    "action_items:item-create": ANOTHER,
    "action_items:item-edit": Tab({"title": "另一个页面的事项"}, 409, "另一人刚刚改过这项督办"),
    "action_items:item-issue": NOTHING_TYPED,
    "action_items:item-look": Tab({"note": "另一个页面"}, 409, "已经有人回头看过"),
    "action_items:item-progress": Tab({"text": "另一个页面"}, 409, "另一人刚刚改过这项督办"),
    "action_items:item-receive": Tab({"responsible_name": "另一人"}, 409, "这一步已不适用"),
    "action_items:item-report": Tab({"result": "另一个页面的结果"}, 409, "另一个页面的结果"),
    "action_items:item-resume": Tab({"note": "另一个页面"}, 409, "这一步已不适用"),
    "action_items:item-return": Tab({"reason": "另一个页面"}, 409, "这一步已不适用"),
    "action_items:item-transfer": Tab(
        {"owner": "@general", "reason": "另一个页面"}, 409, "另一人刚刚改过这项督办"
    ),
    "action_items:item-verify": Tab({"note": "另一个页面"}, 409, "这一步已不适用"),
    "action_items:item-wait": Tab({"note": "另一个页面"}, 409, "这一步已不适用"),
    "action_items:item-withdraw": NOTHING_TYPED,
    "action_items:evidence-add": "the same record again is the same reference",
    "action_items:evidence-remove": NOTHING_TYPED,
    "action_items:line-report": Tab({"evidence": "另一个页面"}, 409, "另一个页面"),
    "action_items:line-return": Tab({"reason": "另一个页面"}, 409, "另一个页面"),
    "boards:sheet-pack": NOTHING_TYPED,
    "brands:brand-arrange": "who judges is ticked: as a second click",
    "brands:brand-decide": Tab({"reason": "另一个页面"}, 409, "另一个页面"),
    "brands:brand-edit": Tab({"meaning": "另一个页面"}, 409, "另一人刚刚改过这个品牌"),
    "brands:brand-end": Tab({"reason": "另一个页面"}, 409, "另一个页面"),
    "brands:brand-recheck": Tab({"reason": "另一个页面"}, 409, "另一个页面"),
    "brands:brand-steps": Tab({"what_0": "另一个页面"}, 409, "另一人刚刚改过这个品牌"),
    "brands:copy-create": Tab({"what": "另一个页面"}, 409, "已经登记学用"),
    "brands:copy-edit": Tab({"result": "另一个页面"}, 409, "另一人刚刚改过"),
    "brands:highlight-create": ANOTHER,
    "brands:highlight-edit": Tab({"title": "另一个页面"}, 409, "另一人刚刚改过这个亮点"),
    "brands:highlight-take": Tab({"name": "另一个页面"}, 409, "另一个页面"),
    "projects:campaign-create": ANOTHER,
    "projects:campaign-edit": Tab({"title": "另一个页面"}, 409, "另一个页面"),
    "projects:attachment-add": ANOTHER,
    "projects:attachment-remove": NOTHING_TYPED,
    "projects:item-link": "the same item again is the same link",
    "projects:item-unlink": NOTHING_TYPED,
    "projects:milestone-done": Tab({"evidence": "另一个页面"}, 409, "另一个页面"),
    "projects:money-add": Tab({"what": "另一个页面"}, 409, "另一个页面"),
    "projects:project-check": Tab({"opinion": "另一个页面的意见"}, 409, "另一个页面的意见"),
    "projects:project-close": Tab({"closing": "另一个页面"}, 409, "另一个页面"),
    "projects:project-create": ANOTHER,
    "projects:project-decide": Tab({"opinion": "另一个页面"}, 409, "另一个页面"),
    "projects:project-edit": Tab({"title": "另一个页面"}, 409, "另一个页面"),
    "projects:project-grade": Tab({"judgement": "另一个页面"}, 409, "另一个页面"),
    "projects:project-midterm": Tab({"text": "另一个页面"}, 409, "另一个页面"),
    "projects:project-settle": NOTHING_TYPED,
    "projects:request-ask": Tab({"reason": "另一个页面"}, 409, "另一个页面"),
    "projects:request-decide": Tab({"answer": "另一个页面"}, 409, "另一个页面"),
    "brands:mark-add": ANOTHER,
    "panels:conflict-declare": "who keeps out finds nothing of it any more",
    "panels:panel-cancel": Tab({"reason": "另一个页面"}, 409, "另一个页面"),
    "panels:panel-close": NOTHING_TYPED,
    "panels:people-edit": Tab({"due_on": "2026-07-30"}, 409, "另一人刚刚改过这次评审的安排"),
    "panels:seat-edit": Tab({"opinion": "另一个页面"}, 409, "你在另一个窗口里改过这份意见"),
    "weak_cases:case-accept": Tab({"note": "另一个页面"}, 409, "另一个页面"),
    "weak_cases:case-create": "a second proposal of the same organisation is refused as a second click",
    "weak_cases:case-decide": Tab({"reason": "另一个页面"}, 409, "另一个页面"),
    "weak_cases:case-follow": Tab({"note": "另一个页面"}, 409, "另一个页面"),
    "weak_cases:case-plan": Tab({"title_0": "另一个页面"}, 409, "另一个页面"),
    "weak_cases:criterion-create": ANOTHER,
    "weak_cases:criterion-edit": Tab({"basis": "另一个页面"}, 409, "另一人刚刚改过这条标准"),
    "concerns:body-create": ANOTHER,
    "concerns:body-edit": Tab({"phone": "95500"}, 409, "另一人刚刚改过这个单位"),
    "concerns:concern-drop": Tab({"reason": "另一个页面的理由"}, 409, "另一个页面"),
    "concerns:filing-create": Tab({"text": "西门的路灯也坏了"}, 409, "已经提交过"),
    "concerns:filing-query": "a question; a post so that no code stands in an address",
    "concerns:form-edit": Tab({"introduction": "另一个页面"}, 409, "另一人刚刚改过公开表单"),
    "concerns:concern-answer": Tab({"text": "另一个页面的答复"}, 409, "另一个页面"),
    "concerns:concern-assign": Tab({"note": "另一个页面"}, 409, "另一个页面"),
    "concerns:concern-call": Tab({"note": "另一个页面"}, 409, "另一个页面"),
    "concerns:concern-create": "what was taken in is the same concern by its uid",
    "concerns:concern-hand": Tab({"title": "另一个页面的事项"}, 409, "不用再转"),
    "concerns:concern-pass-up": Tab({"reason": "另一个页面"}, 403, "另一个页面"),
    "concerns:concern-practice": Tab({"title": "另一个页面"}, 409, "另一个页面"),
    "concerns:practice-edit": Tab({"text": "另一个页面的做法"}, 409, "另一人刚刚改过这条做法"),
    "concerns:template-create": ANOTHER,
    "concerns:template-edit": Tab({"text": "另一个页面的模板"}, 409, "另一人刚刚改过这个模板"),
    "concerns:concern-refuse": Tab({"reason": "另一个页面"}, 409, "另一个页面"),
    "concerns:concern-reopen": Tab({"reason": "另一个页面"}, 409, "另一个页面"),
    "concerns:import": ANOTHER,
    "concerns:kind-create": ANOTHER,
    "concerns:kind-edit": Tab({"template": "另一个页面"}, 409, "另一人刚刚改过这个类别"),
    "neighbours:wish-create": ANOTHER,
    "neighbours:wish-fulfil": Tab({"result": "另一个页面"}, 409, "另一个页面"),
    "neighbours:wish-withdraw": Tab({"reason": "另一个页面"}, 409, "另一个页面"),
    "neighbours:post-create": ANOTHER,
    "neighbours:post-end": Tab({"reason": "另一个页面"}, 409, "另一个页面"),
    "neighbours:partnership-create": ANOTHER,
    "neighbours:partnership-note": ANOTHER,
    "themes:theme-conclude": Tab({"reason": "另一个页面"}, 409, "另一个页面"),
    "themes:theme-create": ANOTHER,
    "themes:theme-dates": Tab({"note_launch": "另一个页面"}, 409, "另一人刚刚改过这个主题"),
    "themes:theme-edit": Tab({"title": "另一个页面"}, 409, "另一人刚刚改过这个主题"),
    "themes:theme-publish": NOTHING_TYPED,
    "themes:theme-remark": "the committee's own sentence: what it says last holds",
    "themes:theme-scope": "boxes are ticked, none typed: tests/test_theme_changes.py",
    "public:picture-add": ANOTHER,
    "public:picture-edit": Tab({"alt": "另一个页面"}, 409, "另一个页面"),
    "public:story-create": Tab({"title": "另一个页面"}, 409, "已有一篇"),
    "public:story-edit": Tab({"lead": "另一个页面"}, 409, "另一个页面"),
    "public:story-publish": NOTHING_TYPED,
    "public:story-remove": NOTHING_TYPED,
    "public:story-return": Tab({"reason": "另一个页面的理由"}, 409, "另一个页面的理由"),
    "public:story-schedule": Tab({"shown_until": "2027-01-31"}, 409, "2027-01-31"),
    "public:story-take-down": Tab({"reason": "另一个页面的理由"}, 409, "另一个页面的理由"),
    "sites:attachment-add": ANOTHER,
    "sites:attachment-remove": NOTHING_TYPED,
    "sites:evidence-add": "the same record again is the same reference",
    "sites:evidence-remove": NOTHING_TYPED,
    "sites:programme-create": ANOTHER,
    "sites:programme-edit": Tab({"title": "另一个页面"}, 409, "另一人刚刚改过这个项目"),
    "sites:site-apply": Tab({"title": "另一个页面"}, 409, "不用再报"),
    "sites:site-check": "the person's own card of the day: what it says last holds",
    "sites:site-decline": Tab({"reason": "另一个页面"}, 409, "另一个页面"),
    "sites:site-edit": Tab({"title": "另一个页面"}, 409, "另一人刚刚改过"),
    "sites:site-name": Tab({"plaque_number": "另一个页面"}, 409, "另一个页面"),
    "sites:site-register": Tab({"title": "另一个页面"}, 422, "另一个页面"),
    "sites:site-remove": Tab({"reason": "另一个页面"}, 409, "另一个页面"),
    "sites:site-renew": Tab({"reason": "另一个页面"}, 409, "另一人刚刚改过"),
    "sites:site-return": Tab({"reason": "另一个页面"}, 409, "另一个页面"),
    "sites:site-review": "people are ticked, none typed: tests/test_sites.py",
    "sites:site-warn": Tab({"reason": "另一个页面"}, 409, "另一个页面"),
    "life:binder": NOTHING_TYPED,
    "life:ledger-export": NOTHING_TYPED,
    "life:import": ANOTHER,
    "life:import-paste": ANOTHER,
    "schemes:import": ANOTHER,
    "schemes:import-paste": ANOTHER,
    "life:exemption-create": Tab({"approver_name": "另一人"}, 422, "已有一条免到"),
    "life:exemption-end": Tab({"until": "2026-06-30"}, 409, "刚刚已经结束"),
    "life:group-list": NOTHING_TYPED,
    "life:meeting-create": "what was recorded is written anew on its own page",
    "life:meeting-edit": Tab({"place": "另一个页面的地点"}, 409, "另一人刚刚改过这份记录"),
    "life:meeting-file-add": ANOTHER,
    "life:meeting-return": Tab({"reason": "另一个页面"}, 409, "这一步已不适用"),
    "life:meeting-withdraw": Tab({"reason": "另一个页面"}, 409, "这一步已不适用"),
    "life:own-membership-prove": "the same number is the same member; another is none",
    "life:talk-create": "what took place is not changed: it is taken back and entered anew",
    "life:talk-withdraw": NOTHING_TYPED,
    "life:talk-write": Tab({"talk_content": "另一个页面"}, 409, "另一人刚刚改过谈话内容"),
    "life:study-create": "the batch is the page's own: sent again it is the same entry",
    "life:study-make-up": "the batch is the page's own: sent again it is the same entry",
    "life:study-withdraw": NOTHING_TYPED,
    "life:study-rules": "what is set last for a year to come holds",
    "life:problem-edit": Tab(
        {"line-0-measure": "另一个页面的措施"}, 409, "另一人刚刚改过这份问题清单"
    ),
    "life:problem-done": NOTHING_TYPED,
    "life:problem-carry": NOTHING_TYPED,
    "life:appraisal-edit": Tab({"given": "9"}, 409, "另一人刚刚改过评议结果"),
    "life:plan-edit": Tab({"line-0-theme": "另一个页面的主题"}, 409, "另一人刚刚改过这份计划"),
    "life:plan-install": "kinds that have a plan keep it",
    "life:part-edit": NOTHING_TYPED,
    "members:member-create": ANOTHER,
    "members:member-edit": Tab({"job": "会计", "note": "另一个页面"}, 409, "刚被别人改过"),
    "members:member-exit": Tab({"reason": "deceased", "note": "另一个页面"}, 409, "已经登记离开"),
    "members:member-export": LOOK,
    "orgs:organization-export": LOOK,
    "orgs:export-refuse": Tab({"reason": "另一个页面的理由"}, 409, "这份导出未批准"),
    "members:member-find": LOOK,
    "members:member-import": ANOTHER,
    "members:member-move": Tab({"organization": "@third", "note": "另一个页面"}, 409, "刚被别人"),
    "members:member-status": Tab({"basis": "另一个页面的依据"}, 409, "已有一项党籍处理待批准"),
    "members:decision-approve": Tab({"document_number": "另一个页面"}, 409, "党籍处理已批准"),
    "members:decision-refuse": Tab({"reason": "另一个页面的理由"}, 409, "党籍处理未批准"),
    "members:member-restore": Tab({"reason": "另一个页面的理由"}, 409, "或已经恢复"),
    "members:member-reveal": LOOK,
    "schedules:report-missing": LOOK,
    "orgs:administrator-propose": Tab(
        {"admin_kind": "system", "reason": "另一个页面"}, 422, "待确认"
    ),
    "orgs:deputy-create": Tab({"first": "2026-07-08", "last": "2026-07-09"}, 422, "已有这项身份"),
    "orgs:organization-namings": Tab({"reason": "另一个理由"}, 422, "已指名"),
    "orgs:grant-create": Tab({"valid_from": "2026-08-01"}, 422, "已有这项授权"),
    "orgs:grant-end": Tab({"reason": "另一个页面"}, 409, "已经结束"),
    "orgs:grant-switch": OWN_SETTING,
    "orgs:job-give-up": Tab({"reason": "另一个页面"}, 409, "状态已变化"),
    "orgs:login": "is signed in already",
    "orgs:office-create": Tab({"person_name": "另一人"}, 422, "请先登记免职"),
    "orgs:office-end": Tab({"ended_on": "2026-07-02"}, 409, "已经登记过免职"),
    "orgs:office-correct": Tab({"person_name": "另一人"}, 409, "另一人刚刚改过这项任职"),
    "dispatch:draw-create": ANOTHER,
    "dispatch:draw-publish": NOTHING_TYPED,
    "dispatch:draw-run": NOTHING_TYPED,
    "dispatch:finding-add": ANOTHER,
    "dispatch:finding-hand": Tab({"title": "另一个页面的题目"}, 409, "已经转为督办"),
    "dispatch:tour-note": ANOTHER,
    "dispatch:tour-note-hand": Tab({"title": "另一个页面的题目"}, 409, "已经转为督办"),
    "dispatch:tour-stop-add": Tab({"minutes": "30"}, 422, "已经在路线上"),
    "dispatch:visit-cancel": Tab({"cancel_reason": "另一个页面"}, 409, "这一步已不适用"),
    "dispatch:visit-create": Tab({"visit_on": "2026-07-21"}, 422, "已有一次"),
    "dispatch:visit-finish": Tab({"conclusion": "另一个页面"}, 409, "这一步已不适用"),
    "dispatch:visit-note": Tab({"notes": "另一个页面"}, 409, "另一人刚刚写过"),
    "dispatch:visit-schedule": OWN_SETTING,
    "orgs:user-open": NOTHING_TYPED,
    "orgs:grant-offices": NOTHING_TYPED,
    "orgs:slip-print": NOTHING_TYPED,
    "orgs:slip-use": "who has proved it is not asked again",
    "orgs:start-root": Tab({"name": "中共云龙高新区工作委员会"}, 409, "党工委已经登记"),
    "orgs:mail-test": Tab({"address": "b@example.cn"}, 409, "上一封测试邮件还没有结果"),
    "orgs:organization-abolish": Tab({"note": "另一个页面"}, 422, "撤销"),
    "orgs:organization-create": Tab({"unit_name": "另一个单位"}, 422, "已有同名的党组织"),
    "orgs:organization-edit": Tab({"unit_name": "另一个单位"}, 409, STALE_ORGANIZATION),
    "orgs:organization-extend": Tab(
        {"until": "2028-07-01", "note": "另一个页面"}, 409, STALE_ORGANIZATION
    ),
    "orgs:organization-import": ANOTHER,
    "orgs:organization-merge": Tab({"note": "另一个页面"}, 422, "撤销"),
    "orgs:organization-move": Tab(
        {"parent": "@neighbour_street", "note": "另一个页面"}, 409, STALE_ORGANIZATION
    ),
    "orgs:organization-re-elect": Tab(
        {"on": "2026-07-02", "note": "另一个页面"}, 409, STALE_ORGANIZATION
    ),
    "orgs:organization-rename": Tab(
        {"name": "中共大黄山街道湖庄村老一支部委员会"}, 409, STALE_ORGANIZATION
    ),
    "orgs:organization-upgrade": Tab(
        {"kind": "joint_branch", "note": "另一个页面"}, 409, STALE_ORGANIZATION
    ),
    "orgs:password-change": Tab(
        {"new": "Other-Kettle-78-Sun", "again": "Other-Kettle-78-Sun"}, 422, "当前密码不正确"
    ),
    "orgs:preferences": OWN_SETTING,
    "orgs:profile": OWN_SETTING,
    "orgs:token-create": ANOTHER,
    "orgs:user-create": Tab({"name": "另一个新人", "phone": ""}, 422, "已有人使用"),
    "orgs:user-disable": Tab({"reason": "另一个页面"}, 409, "已经停用"),
    "orgs:user-edit": Tab({"name": "另一个名字"}, 409, "另一人刚刚改过这个账号"),
    "schedules:attachment-add": ANOTHER,
    "schedules:calendar-day-remove": NOTHING_TYPED,
    "schedules:calendar-day-set": "a day has one entry, the page says what it replaces",
    "schedules:calendar-year-declare": "a year has one source, the later one holds",
    "schedules:burden-cap": Tab({"minutes": "50"}, 409, "另一人刚刚改过上限"),
    "schedules:definition-renew": Tab(
        {"valid_until": "2028-03-31"}, 409, "另一人刚刚改过这份表样的有效期"
    ),
    "schedules:definition-copy": Tab({}, 422, "已有名为“新表”的表样"),
    "schedules:definition-new": NOTHING_TYPED,
    "rectifications:cause-detail": Tab({"title": "另一个页面的事项"}, 409, "不用再列"),
    "rectifications:finding-edit": "fields bear keys of rows: see test_rectification_pages",
    "rectifications:notice-pack": NOTHING_TYPED,
    "rectifications:rectification-detail": "fields bear keys of rows: see test_rectification_pages",
    "ballots:count-all": "the own count: what is said last holds until the other is in",
    "ballots:count-one": "the own count: what is said last holds until the other is in",
    "ballots:report-file-add": ANOTHER,
    "ballots:report-file-remove": NOTHING_TYPED,
    "ballots:report-comment": Tab({"comment": "另一段点评"}, 409, "另一人刚刚改过"),
    "ballots:report-edit": Tab({"work": "另一段"}, 409, "另一人刚刚改过"),
    "ballots:report-return": Tab({"reason": "另一个理由"}, 409, "这一步已不适用"),
    "ballots:report-send": NOTHING_TYPED,
    "ballots:round-arrange": "day and place until it is counted: what is said last holds",
    "ballots:round-drop": Tab({"reason": "另一个理由"}, 409, "没有可以取消的测评"),
    "ballots:round-reopen": Tab({"reason": "另一个理由"}, 409, "这一步已不适用"),
    "ballots:round-settle": Tab({"reason": "另一个理由"}, 409, "这一步已不适用"),
    "ballots:scan-add": ANOTHER,
    "ballots:scan-remove": NOTHING_TYPED,
    "reviews:arrange": Tab({"seed": "5 5 5"}, 409, "另一人刚刚改过安排"),
    "reviews:begin": NOTHING_TYPED,
    "reviews:case-assign": Tab({"reason": "另一个理由"}, 422, "谁没有评的"),
    "reviews:case-hand-over": "who handed over all finds nothing of it any more",
    "reviews:case-recuse": "who keeps out finds nothing of it any more",
    "reviews:evidence-look": NOTHING_TYPED,
    "reviews:example": "a case is marked once: the first mark stands, and the page shows it",
    "reviews:example-edit": Tab({"r0-points": "9"}, 409, "另一人刚刚改过这道样题"),
    "reviews:example-new": ANOTHER,
    "reviews:example-remove": NOTHING_TYPED,
    "reviews:item-return": "what is open already takes a further reason",
    "reviews:item-reopen": Tab({"reason": "另一个理由"}, 409, "这一步已不适用"),
    "reviews:seat": Tab({"r0-points": "9"}, 409, "你在另一个窗口里改过这一项"),
    "cycles:cycle-freeze": NOTHING_TYPED,
    "cycles:cycle-open": ANOTHER,
    "cycles:cycle-recompute": NOTHING_TYPED,
    "cycles:cycle-review": NOTHING_TYPED,
    "decisions:attachment-add": ANOTHER,
    "decisions:evidence-add": "the same record again is the same reference",
    "decisions:objection-answer": Tab({"answer": "另一个页面的答复"}, 409, "这一步已不适用"),
    "decisions:objection-confirm": NOTHING_TYPED,
    "decisions:objection-create": Tab({"reason": "另一个页面的理由"}, 409, "还没有答复"),
    "decisions:objection-name": "a name chosen from a list: as a second click",
    "decisions:objection-return": Tab({"reason": "另一个页面"}, 409, "这一步已不适用"),
    "decisions:objection-withdraw": Tab({"reason": "另一个页面"}, 409, "这一步已不适用"),
    "decisions:publication-create": Tab({"reason": "另一个页面"}, 409, "已经公布给同样的人"),
    "decisions:publication-withdraw": Tab({"reason": "另一个页面"}, 409, "这一步已不适用"),
    "decisions:decision": Tab({"note": "另一句"}, 409, "这一步已不适用"),
    "cycles:cycle-send-back": Tab({"reason": "另一个理由"}, 409, "这一步已不适用"),
    "cycles:cycle-submit": NOTHING_TYPED,
    "cycles:mark": "a mark: what is said last holds, and a mark given meanwhile is asked about",
    "self_assessments:attachment-add": ANOTHER,
    "self_assessments:attachment-remove": NOTHING_TYPED,
    "self_assessments:evidence-add": "the same record again is the same reference",
    "self_assessments:evidence-remove": NOTHING_TYPED,
    "self_assessments:item-answer": NOTHING_TYPED,
    "self_assessments:item-edit": Tab({"0-points": "12"}, 409, "另一人刚刚改过这一项"),
    "self_assessments:item-stand": NOTHING_TYPED,
    "self_assessments:self-assessment-return": "a further reason stands behind the first",
    "self_assessments:self-assessment-send": NOTHING_TYPED,
    "self_assessments:self-assessment-without": NOTHING_TYPED,
    "schemes:exemption-approve": Tab({"approved_by": "另一次会议"}, 409, "这一步已不适用"),
    "schemes:exemption-create": ANOTHER,
    "schemes:exemption-end": Tab({"reason": "另一个理由"}, 409, "这一步已不适用"),
    "schemes:exemption-refuse": Tab({"reason": "另一个理由"}, 409, "这一步已不适用"),
    "schemes:group-copy": NOTHING_TYPED,
    "schemes:group-create": ANOTHER,
    "schemes:group-edit": Tab({"name": "另一个名称"}, 409, "另一人刚刚改过这个分组"),
    "schemes:group-remove": NOTHING_TYPED,
    "schemes:group-save": Tab({"name": "另一个名称"}, 409, "另一人刚刚改过这一版细则"),
    "schemes:indicator-save": Tab({"name": "另一个名称"}, 409, "另一人刚刚改过这一版细则"),
    "schemes:indicator-try": "what is tried is kept nowhere",
    "schemes:marks-save": Tab({"full-1": "29"}, 409, "另一人刚刚改过这一版细则"),
    "schemes:node-add": Tab({"name": "另一项"}, 409, "另一人刚刚改过这一版细则"),
    "schemes:node-move": Tab({"down": "2"}, 409, "另一人刚刚改过这一版细则"),
    "schemes:node-remove": Tab({"key": "2"}, 409, "另一人刚刚改过这一版细则"),
    "schemes:node-restore": NOTHING_TYPED,
    "schemes:scan-add": ANOTHER,
    "schemes:scan-remove": NOTHING_TYPED,
    "schemes:scheme-begin": NOTHING_TYPED,
    "schemes:scheme-create": ANOTHER,
    "schemes:scheme-edit": "a name before publication: what is said last holds",
    "schemes:version-discard": NOTHING_TYPED,
    "schemes:version-publish": Tab({"document_number": "另一个文号"}, 409, "这一步已不适用"),
    "schemes:version-return": Tab({"reason": "另一个理由"}, 409, "这一步已不适用"),
    "schemes:version-settings": Tab({"basis": "第三份办法"}, 409, "另一人刚刚改过这一版细则"),
    "schemes:version-submit": Tab({"note": "另一个说明"}, 409, "这一步已不适用"),
    "schedules:definition-try": "what is tried is kept nowhere",
    "schedules:definition-edit": Tab({"name": "另一个名称"}, 409, "另一人刚刚改过这份草稿"),
    "schedules:definition-publish": Tab(
        {"valid_from": "2026-09", "seen": "on", "valid_until": "2027-12-31"},
        200,
        "已启用，不能再改",
    ),
    "schedules:duty-waive-many": Tab({"reason": "另一个原因"}, 422, "没有选中可以办理的组织"),
    "schedules:duty-extend-many": Tab({"reason": "另一个原因"}, 422, "都不能这样办理"),
    "schedules:duty-resume-many": Tab({"reason": "另一个原因"}, 422, "没有选中可以办理的组织"),
    "schedules:duty-waive": Tab({"reason": "另一个原因"}, 409, "这一步已不适用"),
    "schedules:duty-resume": Tab({"reason": "另一个原因"}, 409, "这一步已不适用"),
    "schedules:duty-extend": Tab({"reason": "另一个原因"}, 409, "另一人刚刚办过这件事"),
    "schedules:duty-unlock": Tab({"reason": "另一个原因"}, 409, "另一人刚刚办过这件事"),
    "schedules:duty-begin": NOTHING_TYPED,
    "schedules:duty-withdraw": NOTHING_TYPED,
    "schedules:report-accept-opened": NOTHING_TYPED,
    "schedules:report-withdraw": NOTHING_TYPED,
    "schedules:duty-accept": Tab({"remark": "另一句"}, 409, "这一步已不适用"),
    "schedules:duty-return": Tab({"reason": "另一个原因"}, 409, "这一步已不适用"),
    "schedules:record-add": ANOTHER,
    "schedules:record-resend": Tab({"reply": "另一个回复"}, 409, "这一步已不适用"),
    "schedules:record-remove": NOTHING_TYPED,
    "dispatch:attendance-deputy": "the later name holds",
    "dispatch:card-create": Tab(
        {"title": "下月安排", "note": "另一个页面"}, 422, "刚刚加过同样的议题"
    ),
    "dispatch:card-defer": NOTHING_TYPED,
    "dispatch:card-edit": Tab({"title": "另一个页面的议题"}, 409, "另一人刚刚改过这个议题"),
    "dispatch:card-minutes": "of two who change it the later holds",
    "dispatch:card-remove": NOTHING_TYPED,
    "dispatch:card-shift": NOTHING_TYPED,
    "dispatch:meeting-arrange": "of two orders the later holds",
    "dispatch:meeting-call": NOTHING_TYPED,
    "dispatch:meeting-cancel": Tab({"reason": "另一个页面的原因"}, 409, "这一步已不适用"),
    "dispatch:meeting-create": Tab({"place": "另一个地点"}, 422, "在这个月已有一次会议"),
    "dispatch:meeting-draft": NOTHING_TYPED,
    "dispatch:meeting-edit": Tab({"title": "另一个名称"}, 409, "另一人刚刚改过这次会议"),
    "dispatch:meeting-place": NOTHING_TYPED,
    "dispatch:meeting-roll": NOTHING_TYPED,
    "dispatch:series-create": Tab({"place": "另一个地点"}, 422, "已有同名的系列"),
    "dispatch:series-edit": Tab({"place": "另一个地点"}, 409, "另一人刚刚改过这个系列"),
    "dispatch:topic-create": Tab({"note": "另一个页面"}, 422, "刚刚提过同样的议题"),
    "dispatch:topic-edit": Tab({"title": "另一个页面的议题"}, 409, "另一人刚刚改过这个议题"),
    "dispatch:topic-remove": NOTHING_TYPED,
    "schedules:mark-edit": ANOTHER,
    "schedules:mark-remove": NOTHING_TYPED,
    "schedules:mark-answer": Tab({"text": "另一个答复"}, 409, "另一人刚刚处理过"),
    "schedules:reading-export": NOTHING_TYPED,
    "action_items:item-docx": NOTHING_TYPED,
    "dispatch:card-begin": NOTHING_TYPED,
    "dispatch:letters-docx": NOTHING_TYPED,
    "dispatch:letters-pdf": NOTHING_TYPED,
    "dispatch:meeting-amend": ANOTHER,
    "dispatch:meeting-close": NOTHING_TYPED,
    "dispatch:meeting-open": NOTHING_TYPED,
    "dispatch:outcome-remove": NOTHING_TYPED,
    "dispatch:outcome-write": "the id is the typist's own: the later of his own saves holds",
    "dispatch:room-defer": Tab({"reason": "另一个原因"}, 409, "另一人刚刚改过这个议题"),
    "action_items:item-export": NOTHING_TYPED,
    "action_items:item-pdf": NOTHING_TYPED,
    "schedules:month-docx": NOTHING_TYPED,
    "schedules:board-rows-export": NOTHING_TYPED,
    "schedules:month-export": NOTHING_TYPED,
    "schedules:month-pdf": NOTHING_TYPED,
    "schedules:plan-edit": Tab({"name": "另一个名称"}, 409, "另一人刚刚改过这项计划"),
    "schedules:plan-install": NOTHING_TYPED,
    "schedules:plan-new": Tab({"about": "另一个页面"}, 422, "已有名为“主题党日”的计划"),
    "schedules:plan-renew": Tab({"valid_until": "2028-03-31"}, 409, "另一人刚刚改过这项计划"),
    "schedules:plan-open": ANOTHER,
    "schedules:case-start": NOTHING_TYPED,
    "schedules:case-stop": NOTHING_TYPED,
    "members:decision-withdraw": NOTHING_TYPED,
    "orgs:export-withdraw": NOTHING_TYPED,
    "orgs:administrator-withdraw": NOTHING_TYPED,
    "schedules:report-check": "tests/test_reports.py",
    "schedules:report-confirm": "tests/test_reports.py",
    "schedules:duty-recusal-end": NOTHING_TYPED,
    "schedules:duty-recuse": "who keeps out already is not asked why again",
    "schedules:report-remind": NOTHING_TYPED,
    "schedules:report-reopen": "tests/test_reports.py",
    "schedules:report-save": "tests/test_reports.py",
    "schedules:report-submit": "tests/test_reports.py",
}
# The act is over: its page says so, and there is no form any more that could hold what was typed.
WITHOUT_FORM = {
    "schedules:duty-extend-many",
    "schedules:duty-resume-many",
    "schedules:duty-waive-many",
    "life:meeting-return",
    "life:meeting-withdraw",
    "orgs:grant-end",
    "orgs:job-give-up",
    "orgs:user-disable",
    "schedules:duty-return",
    "schedules:duty-resume",
    "schedules:duty-unlock",
    "schedules:duty-waive",
    "schedules:definition-publish",
    "schedules:duty-accept",
    "schedules:record-resend",
}
BESIDE = {"schedules:plan-renew": "renew_form"}  # a form beside the page's own
HIDDEN = {"orgs:password-change"}  # passwords are never shown again


@pytest.mark.parametrize("name", sorted(name for name, tab in TABS.items() if isinstance(tab, Tab)))
def test_second_tab_changes_nothing_and_keeps_what_was_typed(zone: Zone, name: str) -> None:
    tab = TABS[name]
    assert isinstance(tab, Tab)
    with clock.at(NOW):
        post = honest(zone, name)
        fields = post.fields()
        assert post.send().status_code == 200
        changes = {key: _named(zone, value) for key, value in tab.changes.items()}
        after, count = state_of_all(without=UNSTABLE), AuditEntry.objects.count()
        second = post.client.post(post.url, {**fields, **changes}, follow=True)
    assert second.status_code == tab.status, seen(second)
    assert tab.words in seen(second)
    assert state_of_all(without=UNSTABLE) == after
    assert verbs_since(count) == []
    if name in WITHOUT_FORM | HIDDEN:
        return
    usual = "head" if "head" in second.context else "form"
    form = second.context[BESIDE.get(name, usual)]
    for key, value in changes.items():
        assert str(form[key].value()) == str(value), key
        assert value in seen(second)


def _named(zone: Zone, value: str) -> str:
    if value == "@third":
        from .world import make_organization

        return str(make_organization("中共大黄山街道湖庄村第九支部委员会", parent=zone.general).pk)
    return str(getattr(zone, value[1:]).pk) if value.startswith("@") else value


SAVED_KNOWINGLY = [
    "members:member-edit",
    "orgs:organization-edit",
    "orgs:organization-move",
    "orgs:organization-rename",
    "orgs:user-edit",
    "schedules:plan-edit",
    "life:meeting-edit",
    "life:talk-write",
    "life:problem-edit",
    "life:appraisal-edit",
    "life:plan-edit",
]


@pytest.mark.parametrize("name", SAVED_KNOWINGLY)
def test_after_the_warning_it_is_saved_knowingly(zone: Zone, name: str) -> None:
    """The page with the warning carries the new revision: sent as it is, it is taken."""
    tab = TABS[name]
    assert isinstance(tab, Tab)
    with clock.at(NOW):
        post = honest(zone, name)
        fields = post.fields()
        post.send()
        changes = {key: _named(zone, value) for key, value in tab.changes.items()}
        warned = post.client.post(post.url, {**fields, **changes})
        assert warned.status_code == 409
        again = FormReader(warned.content.decode(), next(iter(changes))).fields
        assert post.client.post(post.url, again).status_code == 302


# --- eight at once --------------------------------------------------------------------------------
# They change only the session of the one who sends, who cannot collide with anybody.
OF_THE_SESSION = {"orgs:login", "orgs:logout", "orgs:grant-switch"}


# One act of these writes more than one entry of a verb.
ENTRIES = {
    "life:plan-install": len(USUAL),  # a plan for each kind
    "reviews:item-reopen": 2,  # the mark of each who gave one is taken back
}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(set(AGAIN) - set(LOOKS) - OF_THE_SESSION))
def test_eight_at_once_have_one_effect(name: str) -> None:
    zone = build_zone()
    with clock.at(NOW):
        post = honest(zone, name)
        grown_by_one = _grown_by_one(post)
        count, before = AuditEntry.objects.count(), _sizes()
        fields = [post.fields() for _ in range(8)]
        clients = [_twin(post.client) for _ in range(8)]

        def send(client: Client, one: Fields) -> Callable[[], int]:
            def act() -> int:
                with clock.at(NOW):
                    return int(client.post(post.url, one).status_code)

            return act

        outcomes = run_together(
            [send(client, one) for client, one in zip(clients, fields, strict=True)]
        )
    assert not [one.error for one in outcomes if one.error]
    answers = Counter(one.value for one in outcomes)
    assert max(answers) < 500, answers
    verbs = Counter(verbs_since(count))
    assert not verbs or max(verbs.values()) == ENTRIES.get(name, 1), (verbs, answers)
    grown = {key: size - before[key] for key, size in _sizes().items() if size != before[key]}
    assert grown == grown_by_one, answers


def _twin(client: Client) -> Client:
    """Another tab of the same browser."""
    twin = Client(raise_request_exception=False)
    twin.cookies = client.cookies.copy()
    return twin


def _sizes() -> dict[str, int]:
    return {label: len(rows) for label, rows in state_of_all(without=UNSTABLE).items()}


def _grown_by_one(post: Post) -> dict[str, int]:
    """By how many rows the tables grow when the post is sent once; undone again."""
    before = _sizes()
    with undone():
        post.send(_twin(post.client), follow=False)
        after = _sizes()
    return {key: size - before[key] for key, size in after.items() if size != before[key]}


# --- steps left out or out of order ---------------------------------------------------------------

State = ImportBatch.State


@pytest.mark.parametrize("act", ["confirm", "cancel"])
@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("app", ["life", "members", "orgs", "schemes"])
def test_import_moves_on_from_its_own_states_only(
    zone: Zone, app: str, state: str, act: str
) -> None:
    """Confirmed without a preview, after giving up, twice; given up after confirming."""
    wanted = {"confirm": {State.READ}, "cancel": {State.UPLOADED, State.READING, State.READ}}
    names = {
        ("life", "confirm"): "life:import-confirm",
        ("life", "cancel"): "life:import-cancel",
        ("schemes", "confirm"): "schemes:import-confirm",
        ("schemes", "cancel"): "schemes:import-cancel",
        ("members", "confirm"): "members:member-import-apply",
        ("members", "cancel"): "members:member-import-cancel",
        ("orgs", "confirm"): "orgs:organization-import-confirm",
        ("orgs", "cancel"): "orgs:organization-import-cancel",
    }
    models = (LedgerImport, MemberImport, OrganizationImport, SchemeImport)
    model = next(one for one in models if one._meta.app_label == app)
    with clock.at(NOW):
        post = honest(zone, names[app, act])
        model.objects.update(state=state)
        before = state_of_all(without=UNSTABLE)
        answer = post.send(follow=False)
    if state in wanted[act]:
        assert answer.status_code == 302
        return
    assert answer.status_code == 409
    assert "没有保存任何改动" in seen(answer)
    assert state_of_all(without=UNSTABLE) == before
    assert not Effect.objects.filter(kind=f"{app}.apply_import").exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("schedules:report-check", "这一步已不适用"),
        ("schedules:report-confirm", ""),
        ("schedules:report-reopen", "请选择要重新打开的项目"),
    ],
)
def test_report_that_was_never_sent_is_neither_checked_nor_reopened(
    zone: Zone, name: str, words: str
) -> None:
    with clock.at(NOW):
        honest(zone, "schedules:report-save")
        report = Report.objects.get(organization=zone.branch)
        url = reverse(name, args=[report.pk])
        client = zone.client("zone" if name == "schedules:report-confirm" else "dahuangshan")
        before = state_of_all(without=UNSTABLE)
        fields = {"version": str(report.revision), "reason": "补充", "item": "problems"}
        answer = client.post(url, fields, follow=True)
    assert answer.status_code < 500
    assert words in seen(answer)
    assert state_of_all(without=UNSTABLE) == before


def test_form_kept_open_over_the_lock_is_refused_and_the_words_stay(zone: Zone) -> None:
    """Opened in time, sent after the deadline has closed; the browser sends it twice."""
    with clock.at(NOW):
        post = honest(zone, "schedules:report-submit")
    late = NOW + dt.timedelta(days=60)
    Duty.objects.update(locks_at=NOW + dt.timedelta(days=14))
    with clock.at(late):
        client = zone.client("huzhuang1")
        for _ in range(2):
            answer = client.post(post.url, post.fields(), follow=True)
            assert answer.status_code == 422
            assert "锁定" in seen(answer)
            assert "活动室屋顶渗水" in seen(answer)
    assert Report.objects.get(organization=zone.branch).state == "draft"
    assert Duty.objects.get(organization=zone.branch).state == "open"


def test_proposal_is_decided_once_by_another_and_about_somebody_who_may(zone: Zone) -> None:
    with clock.at(NOW):
        row = proposal(own(zone))["pk"]
        candidate = User.objects.get(username="candidate")
        confirm = reverse("orgs:administrator-confirm", args=[row])
        refuse = reverse("orgs:administrator-refuse", args=[row])

        # One's own, and about oneself.
        AdministratorProposal.objects.filter(pk=row).update(proposed_by=zone.users["secadmin"])
        answer = zone.client("secadmin").post(confirm)
        assert answer.status_code == 403
        assert "不能自己确认" in seen(answer)
        other = administrators.propose(
            by=zone.actor("sysadmin"),
            user_id=zone.users["secadmin"].pk,
            admin_kind="",
            reason="轮岗",
        )
        answer = zone.client("secadmin").post(
            reverse("orgs:administrator-confirm", args=[other.pk])
        )
        assert answer.status_code == 403
        assert "关于自己" in seen(answer)

        # About somebody whose account was shut meanwhile.
        User.objects.filter(pk=candidate.pk).update(is_active=False)
        answer = zone.client("sysadmin").post(confirm)
        assert answer.status_code == 400
        assert "已停用" in seen(answer)
        User.objects.filter(pk=candidate.pk).update(is_active=True)

        # Confirmed after it was turned down.
        assert zone.client("sysadmin").post(refuse).status_code == 302
        assert zone.client("sysadmin").post(confirm).status_code == 409
    assert User.objects.get(username="candidate").admin_kind == ""
    assert AdministratorProposal.objects.get(pk=row).state == "refused"


def test_rights_that_are_over_cannot_be_used_or_ended_again(zone: Zone) -> None:
    grant = zone.users["huzhuang1"].grants.get()
    with clock.at(NOW):
        client, security = zone.client("huzhuang1"), zone.client("secadmin")
        token_page = _token(zone, client, "")
        RoleGrant.objects.filter(pk=grant.pk).update(valid_to=NOW.date())
        before = state_of_all(without=UNSTABLE)
        # A deputy for it, a token for it, acting in it, from pages opened before.
        fields = {"username": "officer", "first": "2026-07-07", "last": "2026-07-20"}
        url = reverse("orgs:deputy-create", args=[grant.pk])
        assert client.post(url, fields).status_code == 404
        assert client.post(reverse("orgs:token-create"), token_page).status_code in (404, 422)
        switched = client.post(reverse("orgs:grant-switch"), {"grant": grant.pk})
        assert switched.status_code == 404
        ended = security.post(reverse("orgs:grant-end", args=[grant.pk]), {"reason": "离任"})
        assert ended.status_code == 409
    assert state_of_all(without=UNSTABLE) == before


def test_things_that_ended_take_nothing_in(zone: Zone) -> None:
    """An abolished branch gets no member, post, grant or subordinate; one who left is not moved."""
    from .world import make_member

    with clock.at(NOW):
        member = make_member(zone.branch2)
        pages = {
            name: honest(zone, name) for name in ("orgs:office-create", "members:member-create")
        }
        grant_page = honest(zone, "orgs:grant-create")
        committee = zone.client("dahuangshan")
        Organization.objects.filter(pk__in=[zone.branch.pk, zone.branch2.pk]).update(
            abolished_on=NOW.date()
        )
        before = state_of_all(without=UNSTABLE)
        for name, post in pages.items():
            answer = post.send(follow=False)
            assert answer.status_code in (400, 422), name
        assert grant_page.send(follow=False).status_code == 422
        Member.objects.filter(pk=member.pk).update(state="left")
        Organization.objects.filter(pk=zone.branch.pk).update(abolished_on=None)
        url = reverse("members:member-move", args=[member.pk])
        answer = committee.post(url, {"organization": zone.branch.pk, "note": "", "revision": "1"})
        assert answer.status_code == 409
    Member.objects.filter(pk=member.pk).update(state="normal")
    Organization.objects.filter(pk=zone.branch.pk).update(abolished_on=NOW.date())
    assert state_of_all(without=UNSTABLE) == before


def test_draft_published_in_another_tab_keeps_what_was_typed_in_this(zone: Zone) -> None:
    with clock.at(NOW):
        post = honest(zone, "schedules:definition-edit")
        fields = {**post.fields(), "name": "改了一半的表样"}
        pk = ReportDefinition.objects.get(is_published=False).pk
        publish = reverse("schedules:definition-publish", args=[pk])
        post.client.post(
            publish, {"valid_from": "2026-08", "seen": "on", "valid_until": "2027-12-31"}
        )
        before = state_of_all(without=UNSTABLE)
        answer = post.client.post(post.url, fields)
        assert answer.status_code == 409
        assert "已启用，不能再改" in seen(answer)
        assert "改了一半的表样" in seen(answer)
        discarded = post.client.post(reverse("schedules:definition-discard", args=[pk]))
        assert discarded.status_code == 409
        assert (
            post.client.post(
                publish,
                {"valid_from": "2026-09", "seen": "on", "valid_until": "2027-12-31"},
                follow=True,
            ).status_code
            == 200
        )
    assert state_of_all(without=UNSTABLE) == before


@pytest.mark.parametrize("state", ["pending", "leased", "sending", "done", "skipped"])
@pytest.mark.parametrize("name", ["orgs:job-retry", "orgs:job-give-up"])
def test_jobs_that_did_not_stop_are_left_alone(zone: Zone, name: str, state: str) -> None:
    with clock.at(NOW):
        post = honest(zone, name)
        Effect.objects.update(state=state)
        before = state_of_all(without=UNSTABLE)
        answer = post.send(follow=False)
    assert answer.status_code == 409
    assert "状态已变化" in seen(answer)
    assert state_of_all(without=UNSTABLE) == before


def test_shut_account_gets_no_new_secret_and_no_right(zone: Zone) -> None:
    with clock.at(NOW):
        reset, give = honest(zone, "orgs:user-reset"), honest(zone, "orgs:grant-create")
        User.objects.filter(username__in=["huzhuang1", "officer"]).update(is_active=False)
        before = state_of_all(without=UNSTABLE)
        assert reset.send(follow=False).status_code == 400
        assert give.send(follow=False).status_code == 422
    assert state_of_all(without=UNSTABLE) == before


# --- no act without its audit entry -------------------------------------------------------------------

REFUSING = {
    "sqlite": "CREATE TRIGGER audit_shut BEFORE INSERT ON core_auditentry "
    "BEGIN SELECT RAISE(ABORT, 'shut'); END",
    "postgresql": "CREATE FUNCTION audit_shut() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'shut'; END $$; CREATE TRIGGER audit_shut BEFORE INSERT "
    "ON core_auditentry FOR EACH ROW EXECUTE FUNCTION audit_shut()",
}
NOT_AUDITED = {"core:inbox-read", "core:message-open", "orgs:login", "orgs:logout"}
NOT_AUDITED |= {"schedules:definition-try", "schemes:indicator-try", "concerns:filing-query"}
# Whose looking is counted in a trail is watched: only that it was opened is kept.
NOT_AUDITED |= {"reviews:evidence-look"}


@pytest.mark.parametrize("name", sorted(set(AGAIN) - NOT_AUDITED))
def test_no_act_when_the_audit_trail_cannot_be_written(zone: Zone, name: str) -> None:
    with clock.at(NOW):
        post = honest(zone, name)
        before = state_of_all(without=UNSTABLE)
        with undone():
            with connection.cursor() as cursor:
                cursor.execute(REFUSING[connection.vendor])
            answer = post.send(follow=False)
            assert answer.status_code >= 500
            assert state_of_all(without=UNSTABLE) == before


def test_nobody_gets_in_or_out_when_the_audit_trail_cannot_be_written(zone: Zone) -> None:
    with clock.at(NOW):
        client = zone.client("huzhuang1")
        client.raise_request_exception = False
        with undone():
            with connection.cursor() as cursor:
                cursor.execute(REFUSING[connection.vendor])
            stranger = Client(raise_request_exception=False)
            answer = stranger.post("/login/", POSTS["orgs:login"])
            assert answer.status_code >= 500
            assert stranger.get("/account/").status_code == 302
            assert client.post("/logout/").status_code >= 500
            assert client.get("/account/").status_code == 200
