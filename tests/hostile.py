"""What honest people post to each address, for the tests that spoil it one field at a time."""

import contextlib
import datetime as dt
import random
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from orgs.models import User
from orgs.queries.account_plans import grant_plan, opening_plan
from orgs.queries.slips import committees, print_mark

from .access_objects import arguments, own, prepare
from .act_bodies import (
    another_reviewer,
    first_use,
    granted,
    groups_of_last_year,
    line_reported,
    marked,
    nothing_yet,
    opened,
    picture,
    post_of_a_member,
    rules_in_force,
    taken_out,
    three_of_the_zone,
    told_of,
)
from .selection import WHOLE
from .test_access_matrix import ADDRESSES, ROWS, expected, methods_of
from .urls import Address
from .world import PASSWORD, Zone, make_user

Fields = dict[str, Any]
# Who posts: the one with the narrowest scope who may.
WHO = ("huzhuang1", "dahuangshan", "zone", "sysadmin", "secadmin", "auditor")
IDENTITY_NUMBER = "110101199003074557"  # checked by its last digit
DECISION = {
    "on": "2026-07-01",
    "approved_by": "区工委",
    "document_number": "徐开工委〔2026〕3号",
    "note": "说明",
}
MEMBER = {
    "name": "李四",
    "sex": "1",
    "ethnicity": "",
    "birth_on": "1990-03-07",
    "native_place": "江苏徐州",
    "education": "",
    "category": "full_member",
    "joined_on": "2012-07-01",
    "full_member_on": "2013-07-01",
    "seniority_correction_days": "0",
    "party_post": "委员",
    "job": "教师",
    "work_unit": "某校",
    "phone": "13900000000",
    "address": "某路 1 号",
    "mobile_to": "",
    "lost_contact_since": "",
    "note": "",
}

ACTION_ITEM = {
    "title": "补齐支部四次党课记录",
    "demand": "每次都要有记录",
    "due_on": "2026-07-20",
    "priority": "important",
    "category": "life",
    "cause": "duty",
    "responsible_name": "蔡航国",
    "leader_name": "李俊峰",
}
ACTION_LINES = {
    "lines-TOTAL_FORMS": "1",
    "lines-INITIAL_FORMS": "0",
    "lines-0-problem": "一季度没有记录",
    "lines-0-measure": "按会议记录补",
    "lines-0-responsible_name": "蔡航国",
    "lines-0-due_on": "2026-07-15",
    "lines-0-figure_key": "",
    "lines-0-is_at_least": "1",
    "lines-0-goal": "",
    "lines-0-months": "1",
}

LIFE_RECORD = {
    "topic": "第三季度支部党员大会",
    "starts_at": "15:00",
    "ends_at": "16:05",
    "place": "党群服务中心二楼",
    "chair_name": "蔡航国",
    "recorder_name": "李明",
    "agenda": "全年工作和明年打算",
    "summary": "通报上半年工作，讨论下半年安排。",
    "resolutions": "同意",
    "guests": "刘宇",
    "m-@on_roll": "duty",
    "m-@beside": "present",
    "votes-0-subject": "接收周晓峰为预备党员",
    "votes-0-entitled": "1",
    "votes-0-present": "1",
    "votes-0-for_": "1",
    "votes-0-against": "0",
    "votes-0-abstained": "0",
}

# Address -> fields. Names of rows stand for ids: see `payload`.
POSTS: dict[str, Fields] = {
    "action_items:attachment-add": {"file": "@file"},
    "action_items:attachment-remove": {},
    "action_items:evidence-add": {"evidence": "life.meeting:5f0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a11"},
    "action_items:evidence-remove": {},
    "action_items:extension-ask": {"wanted_on": "2026-07-31", "reason": "授课老师下旬才到"},
    "action_items:extension-grant": {"due_on": "2026-07-30", "answer": "同意"},
    "action_items:extension-refuse": {"answer": "请按期办理"},
    "action_items:item-cancel": {
        "reason": "重复交办",
        "revision": "@revision",
        "agreed": "yes",
    },
    "action_items:item-comment": {"text": "请抓紧"},
    "action_items:item-create": {
        **ACTION_ITEM,
        "owners": ["@branch"],
        "named": "湖庄村第二支部",
    },
    "action_items:item-edit": {**ACTION_ITEM, **ACTION_LINES, "revision": "@revision"},
    "action_items:item-issue": {"revision": "@revision", "agreed": "yes"},
    "action_items:item-look": {"lasting": "yes", "note": "一直有人记录"},
    "action_items:item-progress": {
        "text": "已补两次",
        "measure": "每周补一次",
        "revision": "@revision",
    },
    "action_items:item-receive": {"responsible_name": "蔡航国"},
    "action_items:item-report": {"result": "三次党课的记录都已补齐", "revision": "@revision"},
    "action_items:item-resume": {"note": "许可已下", "revision": "@revision"},
    "action_items:item-return": {
        "reason": "缺第三次的签到表",
        "due_on": "2026-07-20",
        "revision": "@revision",
    },
    "action_items:item-transfer": {
        "owner": "@branch2",
        "responsible_name": "周启明",
        "due_on": "2026-07-20",
        "reason": "由二支部负责",
        "revision": "@revision",
    },
    "action_items:item-verify": {"note": "看过记录", "cause": "duty", "revision": "@revision"},
    "action_items:item-wait": {
        "organization": "@street",
        "name": "",
        "note": "批复施工许可",
        "due_on": "2026-07-20",
        "revision": "@revision",
    },
    "action_items:item-withdraw": {"revision": "@revision"},
    "action_items:line-report": {"evidence": "台账九页", "measure": "按会议记录补"},
    "action_items:line-return": {"reason": "缺签到表"},
    "action_items:line-verify": {},
    "boards:sheet-pack": {},
    "core:inbox-read": {},
    "core:message-open": {},
    "life:binder": {"year": "2026", "ending": "docx"},
    "life:ledger-export": {"organization": "", "year": "2026"},
    "life:import": {"file": "@file"},
    "life:import-cancel": {},
    "life:import-confirm": {},
    "life:import-marked": {},
    "life:import-paste": {"cells": "时间│类别│主题\n2026-03-05│党课│学党章"},
    "schemes:import": {"file": "@file"},
    "schemes:import-cancel": {},
    "schemes:import-confirm": {},
    "schemes:import-marked": {},
    "schemes:import-paste": {"cells": "一级指标│分值│评分标准\n组织生活│5│每缺1次扣1分"},
    "life:exemption-create": {
        "member": "@on_roll",
        "reason": "illness",
        "note": "住院",
        "since": "2026-06-01",
        "until": "2026-12-31",
        "approver_name": "李书记",
    },
    "life:exemption-end": {"until": "2026-07-01"},
    "life:group-list": {"since": "2026-06-01", "token": "@arranged", "g-@on_roll": "@group"},
    "life:meeting-create": {**LIFE_RECORD, "uid": "5f0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a10"},
    "life:meeting-edit": {
        **LIFE_RECORD,
        "uid": "5f0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a10",
        "version": "1",
    },
    "life:meeting-file-add": {"file": "@file"},
    "life:meeting-file-remove": {},
    "life:meeting-return": {"reason": "请补会议照片"},
    "life:meeting-thank": {},
    "life:meeting-withdraw": {"reason": "登错了日期"},
    "life:own-membership-prove": {"own_identity_number": IDENTITY_NUMBER},
    "life:talk-create": {
        "uid": "5f0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a11",
        "talker": "m@talker",
        "partner": "m@partner",
        "held_on": "2026-06-20",
        "place": "党员家中",
        "talk_occasion": "hardship",
        "talk_content": "家里老人住院，想请支部帮着排个班。",
        "talk_advice": "安排两名党员轮流去。",
        "is_on_paper": "on",
    },
    "life:talk-withdraw": {"agreed": "yes"},
    "life:talk-write": {
        "talk_occasion": "hardship",
        "talk_content": "说好了月底再谈一次。",
        "talk_advice": "",
        "revision": "1",
    },
    "life:study-create": {
        "batch": "6a0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a11",
        "kind": "full_time",
        "title": "区委党校集中轮训",
        "length": "0.5",
        "unit": "day",
        "ended_on": "",
        "confirmed_by_name": "李明",
        "is_central_course": "on",
        "members": "@on_roll",
    },
    "life:study-make-up": {
        "batch": "6a0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a12",
        "kind": "delivered",
        "title": "补课：第二季度党课",
        "length": "1.5",
        "ended_on": "2026-07-01",
        "confirmed_by_name": "李明",
        "members": "@on_roll",
    },
    "life:study-rules": {
        "from_year": "2027",
        "members-quarters": "36",
        "committees-central_courses": "1",
        "lecture-per_half_day": "4",
    },
    "life:study-withdraw": {"agreed": "yes"},
    "life:problem-edit": {
        "revision": "0",
        "rows": "1",
        "line-0-uid": "5f0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a11",
        "line-0-who": "",
        "line-0-text": "学习不够经常",
        "line-0-measure": "每月一次",
        "line-0-responsible_name": "书记",
        "line-0-due_text": "2026年9月底前",
        "line-0-state": "open",
        "line-0-outcome": "",
    },
    "life:problem-done": {},
    "life:problem-carry": {},
    "life:appraisal-edit": {"version": "0", "given": "3", "returned": "3", "valid": "3"},
    "life:plan-edit": {
        "revision": "0",
        "rows": "1",
        "party_day": "d5",
        "line-0-month": "7",
        "line-0-kind": "lesson",
        "line-0-theme": "书记讲党课",
        "line-0-day": "1",
        "line-0-place": "会议室",
        "line-0-preparer_name": "李书记",
    },
    "life:plan-install": {"since": "month", "over_reason": "", "seen": "on"},
    "life:part-edit": {"version": "1", "m-@on_roll": "present", "m-@beside": "present"},
    "life:part-release": {},
    "members:member-create": {
        **MEMBER,
        "identity_number": IDENTITY_NUMBER,
        "organization": "@branch",
        "arrived_on": "2026-07-01",
    },
    "members:member-edit": {**MEMBER, "identity_number": IDENTITY_NUMBER, "revision": "1"},
    "members:member-exit": {
        "reason": "transferred",
        "happened_on": "2026-07-01",
        "document_number": "3",
        "note": "说明",
    },
    "members:member-export": {"scope": "masked", "purpose": "年度统计核对"},
    "members:member-find": {"number": "13900000000"},
    "members:member-import": {"file": "@file"},
    "members:member-import-apply": {},
    "members:member-import-cancel": {},
    "members:member-import-marked": {},
    "members:member-status": {
        "kind": "lapsed",
        "resolved_on": "2026-06-01",
        "resolution_number": "3",
        "basis": "连续六个月不参加组织生活",
    },
    "members:decision-approve": {"document_number": "5", "approved_on": "2026-06-20"},
    "members:decision-refuse": {"reason": "事实不清"},
    "members:decision-withdraw": {"agreed": "yes"},
    "members:member-move": {"organization": "@branch2", "note": "说明", "revision": "1"},
    "members:member-restore": {"reason": "登记有误"},
    "members:member-reveal": {"item": "phone", "reason": "电话通知开会"},
    "orgs:organization-export": {"scope": "masked", "purpose": "年度统计核对"},
    "orgs:export-allow": {},
    "orgs:export-refuse": {"reason": "用途不明"},
    "orgs:export-withdraw": {"agreed": "yes"},
    "orgs:administrator-confirm": {},
    "orgs:administrator-propose": {"user": "@candidate", "admin_kind": "audit", "reason": "轮岗"},
    "orgs:administrator-refuse": {},
    "orgs:administrator-withdraw": {"agreed": "yes"},
    "orgs:audit-verify": {},
    "orgs:grant-create": {
        "user": "@officer",
        "organization": "@branch2",
        "role": "branch_officer",
        "valid_from": "2026-07-06",
        "valid_to": "2027-07-06",
    },
    "orgs:grant-end": {"reason": "离任"},
    "orgs:grant-switch": {"grant": "@grant"},
    "orgs:job-give-up": {"reason": "不再需要"},
    "orgs:job-retry": {},
    "orgs:login": {"username": "huzhuang1", "password": PASSWORD, "next": "/"},
    "orgs:logout": {},
    "orgs:office-create": {
        "username": "",
        "post": "secretary",
        "person_name": "蔡航国",
        "started_on": "2026-07-01",
        "appointment": "",
        "document_number": "3",
    },
    "orgs:office-end": {"ended_on": "2026-07-01"},
    "orgs:office-correct": {
        "post": "secretary",
        "person_name": "蔡航国庆",
        "username": "",
        "started_on": "2026-06-01",
        "appointment": "elected",
        "document_number": "大工委〔2026〕8号",
    },
    "orgs:user-open": {"seen": "@seen"},
    "orgs:grant-offices": {"seen": "@seen"},
    "orgs:slip-print": {"seen": "@seen"},
    "orgs:slip-use": {"answer": "1234"},
    "orgs:start-root": {
        "name": "中共云龙开发区工作委员会",
        "short_name": "",
        "on": "2026-01-01",
    },
    "orgs:mail-test": {"address": "sysadmin@example.cn"},
    "orgs:organization-abolish": {**DECISION, "revision": "1", "agreed": "yes"},
    "orgs:organization-create": {
        **DECISION,
        "name": "中共大黄山街道湖庄村第三支部委员会",
        "short_name": "湖庄村第三支部",
        "kind": "branch",
        "parent": "@general",
        "organization_class": "",
        "sector": "",
        "unit_name": "湖庄村",
        "contact_name": "蔡航国",
        "contact_phone": "13900000000",
    },
    "orgs:organization-edit": {
        "organization_class": "street",
        "sector": "",
        "group_count": "2",
        "unit_name": "湖庄村",
        "unit_situation": "",
        "unit_nature": "集体",
        "unit_code": "",
        "contact_name": "蔡航国",
        "contact_phone": "13900000000",
        "note": "备注",
        "revision": "1",
    },
    "orgs:organization-extend": {**DECISION, "until": "2027-07-01", "revision": "1"},
    "orgs:organization-import": {"file": "@file"},
    "orgs:organization-import-cancel": {},
    "orgs:organization-import-confirm": {},
    "orgs:organization-import-marked": {},
    "orgs:organization-merge": {
        **DECISION,
        "target": "@branch2",
        "revision": "1",
        "agreed": "yes",
    },
    "orgs:organization-move": {**DECISION, "parent": "@street", "revision": "1"},
    "orgs:organization-re-elect": {
        **DECISION,
        "term_years": "3",
        "term_ends_on": "2029-07-01",
        "revision": "1",
    },
    "orgs:organization-rename": {
        **DECISION,
        "name": "中共大黄山街道湖庄村新一支部委员会",
        "short_name": "",
        "revision": "1",
    },
    "orgs:organization-upgrade": {**DECISION, "kind": "general_branch", "revision": "1"},
    "orgs:password-change": {
        "current": PASSWORD,
        "new": "Blue-Kettle-77-Moon",
        "again": "Blue-Kettle-77-Moon",
    },
    "orgs:profile": {"email": "a@example.cn"},
    "orgs:session-end": {},
    "orgs:session-end-any": {},
    "orgs:token-calendar": {},
    "orgs:token-create": {},
    "orgs:token-revoke": {},
    "orgs:token-revoke-any": {},
    "orgs:user-create": {
        "username": "newperson",
        "name": "新人",
        "phone": "13900000001",
        "email": "n@example.cn",
    },
    "orgs:user-disable": {"reason": "调离"},
    "orgs:user-edit": {"name": "新名", "phone": "13900000001", "email": "n@example.cn"},
    "orgs:user-enable": {},
    "orgs:user-reset": {},
    "schedules:attachment-add": {"file": "@file"},
    "schedules:attachment-remove": {},
    "action_items:alike-gather": {
        "items": ["@alike1", "@alike2"],
        "title": "集中补齐党课记录",
        "demand": "七月底前补齐",
        "due_on": "2026-07-31",
        "priority": "normal",
        "agreed": "yes",
    },
    "action_items:item-from-report": {
        "title": "补齐六月月报",
        "demand": "突出问题写明时间地点",
        "due_on": "2026-07-31",
        "priority": "normal",
        "category": "reporting",
        "cause": "rule",
        "responsible_name": "李四",
        "leader_name": "王五",
        "is_issued": "on",
    },
    "action_items:feedback-create": {"kind": "work", "text": "每月的两张表能不能合成一张"},
    "action_items:feedback-answer": {"text": "七月起合成一张"},
    "action_items:feedback-withdraw": {},
    "action_items:feedback-hand": {
        "owner": "@branch",
        "title": "合并两张台账表格",
        "demand": "七月底前",
        "due_on": "2026-07-31",
        "priority": "normal",
        "category": "reporting",
        "cause": "rule",
        "responsible_name": "李四",
        "leader_name": "王五",
        "is_issued": "on",
    },
    "schedules:calendar-day-remove": {"day": "2026-10-01"},
    "schedules:calendar-day-set": {"day": "2026-10-01", "is_working": "0", "name": "国庆节"},
    "schedules:calendar-year-declare": {"source": "国办发明电〔2026〕7号"},
    "schedules:burden-cap": {"minutes": "45", "basis": "党工委第3次会议", "revision": "0"},
    "schedules:definition-copy": {"name": "新表"},
    "schedules:definition-discard": {},
    "schedules:definition-draft": {},
    "schedules:definition-edit": {
        "name": "月报",
        "kinds": ["branch"],
        "classes": [],
        "token": "",
        "item-TOTAL_FORMS": "1",
        "item-INITIAL_FORMS": "1",
        "item-0-title": "学习",
        "item-0-key": "study",
        "item-0-position": "1",
        "item-0-kind": "text",
        "item-0-help": "",
        "item-0-max_entries": "3",
        "item-0-max_chars": "300",
        "item-0-remove": "",
    },
    "orgs:deputy-create": {"username": "officer", "first": "2026-07-07", "last": "2026-07-20"},
    "orgs:deputy-end": {},
    "orgs:deputy-confirm": {},
    "orgs:deputy-refuse": {},
    "orgs:deputy-withdraw": {},
    "orgs:naming-end": {},
    "orgs:organization-namings": {
        "is_recusal": "naming",
        "relation": "schedules.checker",
        "username": "jinshanqiao",
        "first": "2026-07-07",
        "last": "2026-07-20",
        "includes_below": "on",
        "reason": "抽调核报",
    },
    "schedules:duty-recuse": {"reason": "亲属在该支部"},
    "schedules:duty-recusal-end": {},
    "orgs:preferences": {
        "reminders_by_mail": "on",
        "reminder_hour": "9",
        "weekly_summary": "on",
    },
    "schedules:definition-publish": {
        "valid_from": "2026-08",
        "seen": "on",
        "valid_until": "2027-12-31",
    },
    "dispatch:attendance-deputy": {"deputy_name": "李勇", "reason": "外出培训"},
    "dispatch:card-create": {
        "section": "plans",
        "topic": "plan",
        "title": "下月安排",
        "note": "会上不念材料",
        "organization": "",
        "speaker_name": "王厚鹏",
        "minutes": "5",
        "is_chair": "on",
    },
    "dispatch:card-defer": {"to": "backlog", "reason": "等财政批复"},
    "dispatch:card-edit": {
        "section": "exceptions",
        "topic": "problem",
        "title": "党课记录补到哪一步",
        "note": "只说差什么",
        "organization": "",
        "speaker_name": "康红涛",
        "minutes": "6",
        "revision": "1",
    },
    "dispatch:card-minutes": {"minutes": "6"},
    "dispatch:card-remove": {"agreed": "yes"},
    "dispatch:card-shift": {"steps": "1"},
    "dispatch:meeting-arrange": {"order": "@cards"},
    "dispatch:meeting-call": {"agreed": "yes"},
    "dispatch:meeting-cancel": {"reason": "并入下月召开", "revision": "3", "agreed": "yes"},
    "dispatch:meeting-create": {
        "series": "@series",
        "period": "2026-07",
        "form": "",
        "day": "2026-07-20",
        "time": "14:30",
        "place": "三楼会议室",
        "recorder_name": "陈志远",
    },
    "dispatch:meeting-draft": {},
    "dispatch:meeting-edit": {
        "title": "7月调度会",
        "form": "group_report",
        "day": "2026-07-20",
        "time": "14:30",
        "place": "三楼会议室",
        "chair_name": "王厚鹏",
        "recorder_name": "陈志远",
        "cap_minutes": "90",
        "speech_minutes": "8",
        "revision": "3",
    },
    "dispatch:meeting-place": {"key": "auto:2026-07:plan"},
    "dispatch:meeting-roll": {"rest": "present"},
    "dispatch:series-create": {
        "name": "季度调度会",
        "form": "group_report",
        "cap_minutes": "90",
        "speech_minutes": "8",
        "place": "三楼会议室",
        "chair_name": "王厚鹏",
        "posts": "deputy_secretary",
    },
    "dispatch:series-edit": {
        "name": "街道调度会",
        "form": "group_report",
        "cap_minutes": "60",
        "speech_minutes": "8",
        "place": "三楼会议室",
        "chair_name": "王厚鹏",
        "posts": "deputy_secretary",
        "revision": "1",
    },
    "dispatch:topic-create": {
        "series": "@series",
        "title": "夜班职工的组织生活时间",
        "note": "按班次分两场",
        "speaker_name": "康红涛",
        "minutes": "5",
    },
    "dispatch:topic-edit": {
        "series": "@series",
        "title": "夜班职工的组织生活怎么排",
        "note": "按班次分两场",
        "speaker_name": "康红涛",
        "minutes": "5",
        "revision": "1",
    },
    "dispatch:topic-remove": {"agreed": "yes"},
    "dispatch:letters-docx": {},
    "dispatch:letters-pdf": {},
    "dispatch:card-begin": {},
    "dispatch:meeting-amend": {"card": "", "text": "两场都要有记录"},
    "dispatch:meeting-close": {"agreed": "yes"},
    "dispatch:meeting-open": {},
    "dispatch:outcome-remove": {"revision": "1", "agreed": "yes"},
    "dispatch:outcome-write": {
        "uid": "5f0c7a6e-2a4c-4a0e-9f3b-0f4f6f0f1a01",
        "version": "",
        "kind": "new_item",
        "text": "按班次分两场开，都要有记录",
        "owners": "湖庄村第一支部",
        "responsible_name": "",
        "due_on": "",
        "item": "",
    },
    "dispatch:room-defer": {
        "how": "defer",
        "to": "backlog",
        "reason": "等财政批复",
        "revision": "1",
    },
    "dispatch:draw-create": {
        "title": "八月现场调研",
        "seed": "双色球 2026088期 03 08",
        "seed_source": "中国福彩网",
        "count": "1",
        "visitors_each": "2",
    },
    "dispatch:draw-publish": {"agreed": "yes"},
    "dispatch:draw-run": {"agreed": "yes"},
    "dispatch:finding-add": {
        "uid": "5f0e6a52-6a0e-4a6e-9a53-6f1a2f6a7b10",
        "text": "活动室常锁着，党员进不去",
    },
    "dispatch:finding-hand": {
        "owner": "@branch",
        "title": "活动室每天开放",
        "priority": "normal",
        "category": "other",
        "cause": "unknown",
        "due_on": "2026-07-20",
    },
    "dispatch:tour-note": {
        "uid": "5f0e6a52-6a0e-4a6e-9a53-6f1a2f6a7b11",
        "text": "积分上墙，值得学",
    },
    "dispatch:tour-note-hand": {
        "owner": "@branch",
        "title": "积分办法各村照着做",
        "priority": "normal",
        "category": "other",
        "cause": "unknown",
        "due_on": "2026-07-20",
    },
    "dispatch:tour-stop-add": {
        "organization": "@branch2",
        "arrives_at": "10:00",
        "minutes": "20",
        "shows": "党员活动室",
    },
    "dispatch:tour-stop-remove": {},
    "dispatch:visit-begin": {},
    "dispatch:visit-cancel": {"cancel_reason": "支部正在换届"},
    "dispatch:visit-create": {
        "organization": "@branch2",
        "visitors": "@dahuangshan",
        "visit_on": "2026-07-20",
    },
    "dispatch:visit-file-add": {"file": "@file"},
    "dispatch:visit-file-remove": {},
    "dispatch:visit-finish": {"notes": "活动室锁着", "conclusion": "党课三次属实", "revision": "2"},
    "dispatch:visit-note": {"notes": "活动室锁着", "conclusion": "党课三次属实", "revision": "2"},
    "dispatch:visit-schedule": {"visit_on": "2026-07-20"},
    "action_items:item-docx": {"each": "1"},
    "action_items:item-export": {
        "organization": "",
        "tab": "all",
        "state": "open",
        "committee": "1",
        "q": "党课",
    },
    "action_items:item-pdf": {"each": "1"},
    "schedules:month-docx": {"organization": "", "period": "2026-06"},
    "schedules:board-rows-export": {"organization": "", "period": "2026-06", "show": "late"},
    "schedules:mark-edit": {"row": "0", "note": "请街道讲", "back": "period=2026-06"},
    "schedules:mark-remove": {"row": "0", "back": "period=2026-06"},
    "schedules:mark-answer": {
        "row": "0",
        "revision": "0",
        "text": "已列入街道维修计划。",
        "back": "period=2026-06",
    },
    "schedules:reading-export": {"organization": "", "period": "2026-06", "q": "渗水"},
    "schedules:month-export": {"organization": "", "period": "2026-06"},
    "schedules:month-pdf": {"organization": "", "period": "2026-06"},
    "schedules:duty-waive-many": {
        "organization": "@street",
        "period": "2026-06",
        "all": "1",
        "show": "open",
        "agreed": "yes",
        "reason": "支部正在合并",
        "approved_by": "街道会议",
    },
    "schedules:duty-extend-many": {
        "organization": "@street",
        "period": "2026-06",
        "all": "1",
        "of": "",
        "agreed": "yes",
        "until": "2026-07-31",
        "reason": "书记住院",
    },
    "schedules:duty-resume-many": {
        "organization": "@street",
        "period": "2026-06",
        "all": "1",
        "show": "waived",
        "agreed": "yes",
        "reason": "合并推迟",
    },
    "schedules:duty-waive": {"revision": "1", "reason": "支部正在合并", "approved_by": "街道会议"},
    "schedules:duty-resume": {"revision": "2", "reason": "合并推迟"},
    "schedules:duty-extend": {"revision": "1", "until": "2026-07-31", "reason": "书记住院"},
    "schedules:duty-unlock": {"revision": "1", "until": "2026-07-31", "reason": "书记住院"},
    "schedules:duty-begin": {},
    "schedules:duty-withdraw": {},
    "schedules:report-accept-opened": {"report": "@opened"},
    "schedules:report-withdraw": {"version": "@version"},
    "schedules:duty-accept": {"remark": "谈得细"},
    "schedules:duty-return": {"reason": "请写明时间地点"},
    "schedules:record-add": {"done_on": "2026-06-05", "text": "与一名党员谈心"},
    "schedules:record-resend": {"reply": "在会议室谈的"},
    "schedules:record-remove": {},
    "schedules:plan-edit": {
        "name": "月度工作",
        "about": "每月一次",
        "basis": "“月调度、季主题、半年考核”工作机制",
        "kinds": ["branch"],
        "classes": [],
        "opens_day": "26",
        "due_day": "5",
        "grace_working_days": "2",
        "lock_working_days": "10",
        "mend_working_days": "3",
        "starts_on": "2026-01-01",
        "ends_on": "",
        "revision": "1",
    },
    "schedules:definition-new": {},
    "schedules:definition-try": {"text-problems": "无"},
    "schedules:plan-install": {},
    "schedules:plan-new": {
        "name": "主题党日",
        "about": "每月一次",
        "basis": "《中国共产党支部工作条例（试行）》",
        "fulfilment": "record",
        "kinds": ["branch"],
        "classes": [],
        "cadence": "month",
        "required_count": "1",
        "opens_day": "-5",
        "due_day": "5",
        "grace_working_days": "0",
        "lock_working_days": "",
        "mend_working_days": "3",
        "starts_on": "2026-07-01",
        "ends_on": "",
        "valid_until": "2027-12-31",
        "seen": "on",
    },
    "schedules:plan-renew": {
        "valid_until": "2028-06-30",
        "needed": "on",
        "revision": "1",
    },
    "schedules:definition-renew": {
        "valid_until": "2028-06-30",
        "needed": "on",
        "was": "2027-12-31",
    },
    "schedules:plan-open": {"period": "2026-07"},
    "schedules:case-start": {"kind": "orgs.term", "agreed": "yes"},
    "schedules:case-stop": {"agreed": "yes"},
    "schedules:report-check": {
        "version": "@version",
        "choice-@item": "return",
        "reason-@item": "请补充",
        "queue": "1",
    },
    "schedules:report-confirm": {"version": "@version"},
    "schedules:report-missing": {
        "organization": "",
        "period": "2026-06",
        "reason": "电话催报月报",
    },
    "schedules:report-remind": {"organization": "", "period": "2026-06"},
    "schedules:report-reopen": {"version": "@version", "reason": "补充材料", "item": "@item"},
    "schedules:report-save": {
        "version": "@version",
        "text-@text": "本月学习一次",
        "entry-@entries": ["一", "二"],
        "take": "@text|建议",
    },
    "schedules:report-submit": {
        "version": "@version",
        "entry-highlights": ["带岗带责进网格", "第二条"],
        "text-problems": "活动室屋顶渗水",
        "text-next_plan": "七一主题党日",
        "explain-problems": "无异常",
    },
}
_THEME = {
    "quarter": "2026-Q3",
    "title": "到会率再高一点",
    "basis": "考核细则第 4 条",
    "origin": "上半年考核失分多",
    "aim_0": "life_present",
    "goal_0": "92.5",
    "due_0": "2026-09-20",
    "on_tour": "2026-08-20",
    "note_tour": "看两个支部",
    "step_kind": "",
}
_PROGRAMME = {
    "title": "区级党建示范点创建",
    "level": "district",
    "basis": "党工委〔2026〕6号 党建示范点创建办法",
    "awarded_by": "经开区党工委",
    "criteria": "班子好",
    "closes_on": "2026-09-30",
    "quota": "10",
    "review_years": "2",
    "plaque_prefix": "开区示范",
}
_SITE = {
    "title": "夜班支部示范点",
    "responsible_name": "孙广强",
    "background": "夜班多",
    "practice": "两场合开",
    "result": "到会率九成五",
}
_CRITERION = {
    "name": "班子不团结、议不成事",
    "basis": "排查整顿办法第四条第四项",
    "in_force_from": "2026-07-01",
    "in_force_to": "2027-12-31",
}
_PROJECT = {"revision": "@project_revision"}
_PROPOSAL = {
    "year": "2026",
    "title": "楼道亮起来",
    "background": "老楼多",
    "problem": "三栋老楼的楼道没有灯",
    "goal": "年底都有灯",
    "figure": "life_present",
    "figure_goal": "92.5",
    "measures": "党员分楼包干",
    "owner_name": "周建国",
    "people": "楼长六人",
    "material": "灯 18 盏",
    "budget": "3000",
    "indicator": "",
    "items": "督〔2026〕3号",
    "stage_0": "装完",
    "due_0": "2026-10-30",
}
_CAMPAIGN = {
    "year": "2026",
    "kind": "land",
    "title": "低效用地攻坚",
    "goal": "盘活两块地",
    "figure": "life_present",
    "is_open": "on",
}
_DRAFT = {"revision": "@scheme_revision"}
_INDICATOR = {
    **_DRAFT,
    "key": "2",
    "count": "1",
    "name": "特色做法",
    "full": "30",
    "text": "做法写清",
    "standard": "酌情打分",
    "evidence": "听汇报",
    "cycle": "half_year",
    "reviewers": "3",
    "plan_basis": "某委〔2026〕3号第2条",
    "duty_entry": "第14项",
    "floor": "0",
    "ceiling_kind": "full",
    "ceiling": "",
    "rule-0-rule": "discretion",
    "rule-0-shown": "discretion",
    "rule-0-p_bound": "25",
    "press": "",
}
POSTS |= {
    "schemes:scheme-create": {
        "year": "2027",
        "level": "branch",
        "name": "村、社区类",
        "classes": ["village"],
        "source": "",
    },
    "schemes:scheme-edit": {"name": "镇类", "classes": ["town"]},
    "schemes:scheme-begin": {},
    "schemes:marks-save": {**_DRAFT, "full-1": "31", "full-g1": "61", "open": ""},
    "schemes:node-add": {**_DRAFT, "name": "党课", "into": "g1", "group": ""},
    "schemes:node-move": {**_DRAFT, "up": "", "down": "1", "key": "", "into": ""},
    "schemes:node-remove": {**_DRAFT, "key": "1"},
    "schemes:node-restore": {**_DRAFT, "key": "1"},
    "schemes:indicator-save": _INDICATOR,
    "schemes:indicator-try": {**_INDICATOR, "try-0-points": "20", "try-0-reason": "做法新"},
    "schemes:group-save": {**_DRAFT, "key": "g1", "name": "组织生活制度"},
    "schemes:version-settings": {
        **_DRAFT,
        "basis": "另一份办法",
        "plan_basis": "某委〔2026〕3号",
        "bands": "好 90\n较好 75\n一般 0",
        "places": "2",
        "quota_kind": "upper",
        "quota_grade": "好",
        "quota_share": "1/3",
        "tie_0": "g1",
        "mid_year_weight": "40%",
        "repair_share": "50%",
        "has_bonus": "on",
        "b_levels": "省级 2",
        "b_total_cap": "5",
        "v_name_0": "严重违纪",
        "v_effect_0": "not_above",
        "v_grade_0": "一般",
        "v_basis_0": "某条例",
    },
    "schemes:version-submit": {
        **_DRAFT,
        "from_period": "2027-H1",
        "note": "第一版",
        "document_number": "某委〔2026〕30号",
        "document_on": "2026-07-01",
    },
    "schemes:version-publish": {
        **_DRAFT,
        "document_number": "某委〔2026〕30号",
        "document_on": "2026-07-01",
        "agreed": "yes",
    },
    "schemes:version-return": {"reason": "第二组再商量"},
    "schemes:version-discard": {"agreed": "yes"},
    "schemes:group-create": {"name": "农村组", "places": ["@branch"], "minimum": "5", "order": "0"},
    "schemes:group-edit": {
        "revision": "1",
        "name": "农村支部组",
        "places": ["@branch"],
        "minimum": "3",
        "order": "0",
    },
    "schemes:group-copy": {},
    "schemes:group-remove": {"agreed": "yes"},
    "schemes:exemption-create": {
        "organization": "@branch",
        "indicator": "1",
        "mode": "rescale",
        "reason": "整建制停产，无法开展",
        "since": "2026-07-06",
        "until": "2026-12-31",
    },
    "schemes:exemption-approve": {"approved_by": "党工委会议 2026年7月3日"},
    "schemes:exemption-refuse": {"reason": "这一项仍应考核"},
    "schemes:exemption-end": {"reason": "批准的是另一家", "is_error": "on"},
    "ballots:count-all": {
        **{f"@round-{name}": "20" for name in ("issued", "collected", "v0")},
        **{f"@round-{name}": "0" for name in ("v1", "v2", "v3", "invalid")},
    },
    "ballots:count-one": {
        **{f"@round-{name}": "20" for name in ("issued", "collected", "v0")},
        **{f"@round-{name}": "0" for name in ("v1", "v2", "v3", "invalid")},
    },
    "ballots:report-file-add": {"file": "@file"},
    "ballots:report-file-remove": {},
    "ballots:report-comment": {"comment": "讲得实，问题找得准。", "revision": "1"},
    "ballots:report-edit": {
        "secretary": "王建军",
        "work": "按月开展主题党日，每季度联系一次。",
        "problems": "外出党员联系少。",
        "measures": "每季度联系一次。",
        "revision": "1",
    },
    "ballots:report-return": {"reason": "问题写得太空", "revision": "1"},
    "ballots:report-send": {"agreed": "yes"},
    "ballots:round-arrange": {"held_on": "2026-07-05", "place": "年中评议会"},
    "ballots:round-drop": {"reason": "改为人工评分"},
    "ballots:round-reopen": {"reason": "发现夹了一张别的票", "revision": "1"},
    "ballots:round-settle": {
        **{f"@round-{name}": "20" for name in ("issued", "collected")},
        "@round-v0": "19",
        "@round-v1": "1",
        **{f"@round-{name}": "0" for name in ("v2", "v3", "invalid")},
        "reason": "重点了一遍",
        "revision": "1",
    },
    "ballots:scan-add": {"file": "@file"},
    "ballots:scan-remove": {},
    "cycles:cycle-open": {"period": "2026-H1", "level": "branch"},
    "cycles:cycle-recompute": {},
    "cycles:cycle-freeze": {"agreed": "yes"},
    "cycles:cycle-review": {"agreed": "yes"},
    "cycles:cycle-submit": {"agreed": "yes"},
    "cycles:cycle-send-back": {"reason": "再看一次"},
    "decisions:attachment-add": {"file": "@file"},
    "decisions:attachment-remove": {},
    "decisions:evidence-add": {"evidence": "life.meeting:5f0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a11"},
    "decisions:evidence-remove": {},
    "decisions:objection-answer": {
        "outcome": "rejected",
        "answer": "记录里没有这次会议",
        "revision": "2",
    },
    "decisions:objection-confirm": {"agreed": "yes"},
    "decisions:objection-create": {"indicator": "work", "reason": "现场记录齐全，应得二十分"},
    "decisions:objection-name": {"user_id": "@rechecker", "revision": "1"},
    "decisions:objection-return": {"reason": "再核一次", "revision": "3"},
    "decisions:objection-withdraw": {"reason": "已核对清楚", "revision": "2"},
    "decisions:publication-create": {
        "audience": "assessed",
        "shown": "grades",
        "reason": "会议决定公布",
        "since": "2026-07-06",
        "until": "2026-07-12",
        "agreed": "yes",
    },
    "decisions:publication-withdraw": {"reason": "名单有误"},
    "decisions:decision": {
        "met_on": "2026-07-06",
        "minutes_number": "纪要〔2026〕15号",
        "note": "",
        "agreed": "yes",
    },
    "reviews:arrange": {
        "due_on": "2026-07-16",
        "sampled": "2",
        "seed": "3 7 9",
        "count": "1",
        "revision": "2",
        "p-@member0": "1",
        "p-@member1": "1",
        "c-@case0": "1",
        "c-@case1": "1",
    },
    "reviews:begin": {"agreed": "yes"},
    "reviews:item-return": {"reason": "写明是哪几个支部"},
    "reviews:item-reopen": {"reason": "再看"},
    "reviews:example-new": {
        "revision": "0",
        "case": "某支部开展推广活动，有记录。",
        "r0-points": "14",
        "r0-reason": "缺总结",
    },
    "reviews:example-edit": {
        "revision": "1",
        "case": "某支部开展推广活动，有记录。",
        "r0-points": "14",
        "r0-reason": "缺总结",
    },
    "reviews:example-remove": {},
    "reviews:example": {"revision": "0", "r0-points": "14", "r0-reason": "看过"},
    "reviews:seat": {"revision": "1", "r0-points": "14", "r0-reason": "看过"},
    "reviews:evidence-look": {"key": "@look"},
    "reviews:case-hand-over": {"to": "@third_reviewer", "reason": "出差"},
    "reviews:case-assign": {"of": "@member0", "to": "@third_reviewer", "reason": "补位"},
    "reviews:case-recuse": {"reason": "亲属调入", "agreed": "yes"},
    "cycles:mark": {"@assessed-0-points": "18", "@assessed-0-reason": "看过现场"},
    "rectifications:cause-detail": {
        "title": "解决中心工作推进慢",
        "demand": "由组织部门牵头培训",
        "cause": "skill",
        "due_on": "2026-09-30",
    },
    "rectifications:finding-edit": {
        "r@list-revision": "@list_now",
        "@finding-chosen": "on",
        "@finding-problem": "中心工作推进慢",
        "@finding-due_on": "2026-09-30",
    },
    "rectifications:finding-propose": {},
    "rectifications:notice-pack": {},
    "rectifications:rectification-detail": {
        "revision": "@item_now",
        "@line-measure": "每月对照一次",
        "@line-leader": "李明",
        "@line-person": "王芳",
    },
    "schemes:scan-add": {"file": "@file"},
    "schemes:scan-remove": {},
    "self_assessments:attachment-add": {"file": "@file"},
    "self_assessments:attachment-remove": {},
    "self_assessments:evidence-add": {
        "evidence": "life.meeting:5f0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a11"
    },
    "self_assessments:evidence-remove": {},
    "self_assessments:item-answer": {},
    "self_assessments:item-edit": {"0-points": "18", "reason": "三个支部照做", "revision": "0"},
    "self_assessments:item-stand": {},
    "self_assessments:self-assessment-return": {"items": ["work"], "reason": "写明支部"},
    "self_assessments:self-assessment-send": {"revision": "5", "agreed": "yes"},
    "self_assessments:self-assessment-without": {"agreed": "yes"},
    "brands:brand-arrange": {
        "due_on": "2026-07-20",
        "people": ["@judge0", "@judge1", "@judge2"],
    },
    "brands:brand-begin": {},
    "brands:brand-decide": {
        "verdict": "yes",
        "reason": "评审意见一致",
        "basis": "党工委会议纪要〔2026〕9号",
        "recheck_on": "2028-07-06",
        "revision": "@brand",
    },
    "brands:brand-edit": {"name": "邻里一家", "meaning": "像一家人", "revision": "@brand"},
    "brands:brand-end": {"reason": "不再这样做了"},
    "brands:brand-recheck": {"reason": "命名满两年"},
    "brands:brand-steps": {
        "phase_0": "practice",
        "what_0": "在三个楼栋试",
        "due_on_0": "2026-07-20",
        "done_on_0": "",
        "revision": "@brand",
    },
    "brands:brand-submit": {},
    "brands:copy-create": {"what": "学议事亭，每周开一次", "begun_on": "2026-07-06"},
    "brands:copy-edit": {"what": "学议事亭", "result": "办成 3 件事。", "revision": "1"},
    "brands:highlight-create": {"year": "2026", "title": "夜校", "text": "每周二晚上讲一课。"},
    "brands:highlight-drop": {},
    "brands:highlight-edit": {
        "year": "2026",
        "title": "夜校",
        "text": "每周二晚上讲一课。",
        "revision": "1",
    },
    "brands:highlight-take": {"name": "车间夜校"},
    "brands:mark-add": {"file": "@picture"},
    "brands:mark-remove": {},
    "projects:campaign-create": _CAMPAIGN,
    "projects:campaign-edit": {**_CAMPAIGN, "revision": "1"},
    "projects:attachment-add": {"file": "@file", "position": "1"},
    "projects:attachment-remove": {},
    "projects:item-link": {"item": "@own_item"},
    "projects:item-unlink": {"agreed": "yes"},
    "projects:milestone-done": {**_PROJECT, "done_on": "2026-07-06", "evidence": "楼长签了字"},
    "projects:milestone-reopen": {},
    "projects:money-add": {**_PROJECT, "on": "2026-07-06", "amount": "120.50", "what": "买灯"},
    "projects:project-check": {**_PROJECT, "outcome": "return", "opinion": "目标写得数不出来"},
    "projects:project-close": {**_PROJECT, "closing": "都装完了，签了字", "satisfaction": "96"},
    "projects:project-create": _PROPOSAL,
    "projects:project-decide": {**_PROJECT, "outcome": "approve", "opinion": "同意立项"},
    "projects:project-edit": {**_PROPOSAL, **_PROJECT},
    "projects:project-grade": {**_PROJECT, "outcome": "passed", "judgement": "现场看过"},
    "projects:project-midterm": {**_PROJECT, "text": "看了两栋，装了一半"},
    "projects:project-settle": {**_PROJECT, "outcome": "spread"},
    "projects:project-submit": {},
    "projects:request-ask": {
        **_PROJECT,
        "kind": "extension",
        "position": "1",
        "due_on": "2026-08-10",
        "reason": "灯具到货晚了",
    },
    "projects:request-decide": {**_PROJECT, "outcome": "grant", "answer": "同意延期"},
    "panels:conflict-declare": {"reason": "亲属在这个支部", "agreed": "yes"},
    "panels:panel-cancel": {"reason": "材料撤回了", "revision": "1", "agreed": "yes"},
    "panels:panel-close": {"revision": "1", "agreed": "yes"},
    "panels:people-edit": {
        "due_on": "2026-07-20",
        "people": ["@seat0", "@seat1", "@seat2"],
        "revision": "1",
    },
    "panels:seat-edit": {
        "agrees": "yes",
        "opinion": "有数字，也有人看过现场",
        "score_effect": "55",
        "score_spread": "32.5",
        "revision": "1",
    },
    "weak_cases:case-accept": {
        "acceptance": "passed",
        "note": "访了群众，都说好转",
        "override_reason": "换届选举排在八月",
        "revision": "3",
    },
    "weak_cases:case-create": {"organization": "@branch", "fact_700": "书记空缺五个月"},
    "weak_cases:case-decide": {"finding": "weak", "reason": "党委会研究认定", "revision": "1"},
    "weak_cases:case-follow": {"found": "relapsed", "note": "书记又空缺了", "revision": "4"},
    "weak_cases:case-plan": {
        "leader_name": "刘建军",
        "title_0": "按期补选支部书记",
        "who_0": "党委组织委员",
        "due_0": "2026-07-31",
        "revision": "2",
    },
    "weak_cases:criterion-create": _CRITERION,
    "weak_cases:criterion-edit": {**_CRITERION, "revision": "1"},
    "concerns:concern-answer": {"text": "已联系物业当天清走", "revision": "1"},
    "concerns:concern-assign": {"organization": "@street", "note": "按路段", "revision": "1"},
    "concerns:body-create": {"name": "供电公司", "words": "电费 电表", "phone": "95598"},
    "concerns:body-edit": {
        "name": "供电公司",
        "words": "电费 电表",
        "phone": "95588",
        "is_used": "on",
        "revision": "1",
    },
    "concerns:concern-drop": {"reason": "没有说清是什么事", "revision": "1"},
    "concerns:filing-create": {
        "token": "5f0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a22",
        "text": "东门的路灯坏了三盏",
        "place": "东门",
        "person": "王建国",
        "phone": "13900000000",
        "send": "1",
    },
    "concerns:filing-query": {"number": "12345678", "code": "12345678"},
    "concerns:form-edit": {
        "is_on": "on",
        "introduction": "身边的问题写在这里",
        "emergency_words": "着火 触电",
        "subject_words": "路灯 垃圾",
        "revision": "1",
    },
    "concerns:concern-call": {"result": "unsolved", "note": "昨天又坏了", "revision": "2"},
    "concerns:concern-create": {
        "uid": "5f0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a21",
        "text": "楼道里堆了一个多月的垃圾",
        "place": "三号楼",
        "urgency": "urgent",
        "source": "grid",
        "person": "王建国",
        "phone": "13900000000",
    },
    "concerns:concern-hand": {
        "owner": "@street",
        "title": "修好路灯",
        "due_on": "2026-07-20",
        "priority": "normal",
        "category": "residents",
        "cause": "means",
        "is_issued": "on",
    },
    "concerns:concern-pass-up": {"reason": "要几个单位一起修", "revision": "1"},
    "concerns:concern-practice": {
        "verdict": "yes",
        "title": "路灯当天换",
        "text": "接到就报供电所，当天换好。",
        "reason": "",
    },
    "concerns:practice-edit": {
        "is_adopted": "on",
        "title": "路灯当天换好",
        "text": "接到就报供电所，当天换好。",
        "revision": "1",
    },
    "concerns:template-create": {
        "kind": "@concern_kind",
        "title": "划线巡查",
        "text": "已划黄线，早晚巡查。",
        "is_used": "on",
    },
    "concerns:template-edit": {
        "kind": "@concern_kind",
        "title": "当天换好灯",
        "text": "已联系供电所，当天换好。",
        "is_used": "on",
        "revision": "1",
    },
    "concerns:concern-refuse": {
        "reason": "属劳动监察职责",
        "redirect": "区劳动监察大队",
        "revision": "1",
    },
    "concerns:concern-reopen": {"reason": "又坏了两盏灯", "revision": "3"},
    "concerns:concern-reveal": {},
    "concerns:import": {"file": "@file"},
    "concerns:import-cancel": {},
    "concerns:import-confirm": {},
    "concerns:import-marked": {},
    "concerns:kind-create": {
        "name": "环境卫生",
        "hours": "24",
        "days": "3",
        "template": "您反映的问题",
        "is_used": "on",
    },
    "concerns:kind-edit": {
        "name": "设施维修",
        "hours": "12",
        "days": "3",
        "template": "已联系维修",
        "revision": "1",
    },
    "themes:finder-read": {},
    "themes:theme-conclude": {"conclusion": "again", "reason": "到会率还差一点", "revision": "2"},
    "themes:theme-create": _THEME,
    "themes:theme-dates": {"on_launch": "2026-07-10", "note_launch": "启动会", "revision": "2"},
    "themes:theme-drop": {},
    "themes:theme-edit": {**_THEME, "committees": ["@street"], "revision": "1"},
    "themes:theme-publish": {"seen": "on", "revision": "1"},
    "themes:theme-remark": {"text": "夜班多，分两场开"},
    "themes:theme-scope": {"classes": [], "committees": [], "revision": "2"},
    "sites:programme-create": _PROGRAMME,
    "sites:programme-edit": {**_PROGRAMME, "revision": "1"},
    "sites:programme-open": {},
    "sites:programme-close": {},
    "sites:site-register": {
        "organization": "@branch",
        "title": "老示范点",
        "named_on": "2024-05-01",
        "plaque_number": "市示范7号",
        "public_text": "一直开着的党员服务站。",
    },
    "sites:site-apply": _SITE,
    "sites:site-edit": {**_SITE, "revision": "1"},
    "sites:site-send": {},
    "sites:site-withdraw": {},
    "sites:site-return": {"reason": "缺去年的到会情况", "revision": "2"},
    "sites:site-decline": {"reason": "做法还没有做满一年", "revision": "2"},
    "sites:site-name": {
        "named_on": "2026-07-06",
        "plaque_number": "市示范8号",
        "public_text": "夜班支部两场合开，到会率九成五。",
        "revision": "2",
    },
    "sites:site-review": {
        "people": ["@judge-1", "@judge-2", "@judge-3"],
        "due_on": "2026-07-20",
    },
    "sites:site-renew": {"reason": "复核看过，台账接得上", "revision": "3"},
    "sites:site-warn": {"reason": "展板停在去年", "until": "2026-08-20", "revision": "3"},
    "sites:site-remove": {"reason": "场所改作他用，不再开放", "revision": "3"},
    "sites:site-check": {
        "mark_0": "met",
        "note_0": "看了",
        "mark_1": "partly",
        "note_1": "",
        "mark_2": "unmet",
        "note_2": "制度上墙",
        "note": "门口好找",
    },
    "sites:evidence-add": {"evidence": "life.meeting:5f0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a11"},
    "sites:evidence-remove": {},
    "sites:attachment-add": {"file": "@file"},
    "sites:attachment-remove": {},
}
POSTS |= {
    "neighbours:wish-create": {
        "title": "一副老花镜",
        "need": "三百度老花镜一副，看报用",
        "until": "2026-07-30",
        "breadth": "committee",
        "resident": "王秀英",
    },
    "neighbours:wish-claim": {},
    "neighbours:wish-return": {},
    "neighbours:wish-fulfil": {"result": "老花镜配好送到家里", "on": "2026-07-06"},
    "neighbours:wish-withdraw": {"reason": "家里人已经买了"},
    "neighbours:post-create": {
        "member": "@a_member",
        "grid": "第三网格",
        "title": "邻里调解岗",
        "area": "3 号楼",
        "since": "2026-07-01",
    },
    "neighbours:post-end": {"until": "2026-07-06", "reason": "身体原因"},
    "neighbours:partnership-create": {
        "name": "开发区供电所",
        "is_outside": "on",
        "kind": "shared",
        "since": "2026-07-01",
    },
    "neighbours:partnership-note": {
        "kind": "need",
        "on": "2026-07-02",
        "text": "活动室缺一台投影仪",
    },
    "neighbours:partnership-end": {},
}
_STORY = {
    "title": "夜班两场会",
    "lead": "夜班的人也开得上会。",
    "origin": "车间三班倒，会总有人到不了。",
    "practice": "一月一排班，两场合开。",
    "results": "95% 到会率",
    "source": "支部会议记录",
    "copied": "隔壁车间照着开了。",
    "lacking": "补学还是靠人催。",
    "visit": "车间党员活动室",
    "name_0": "李向阳",
    "basis_0": "本人签字的同意书",
    "agreed_0": "2026-06-01",
}
POSTS |= {
    "public:story-create": {**_STORY, "subject": "@site_to_tell_of"},
    "public:story-edit": {**_STORY, "revision": "1"},
    "public:story-hand-in": {},
    "public:story-take-back": {},
    "public:story-reopen": {},
    "public:story-remove": {"agreed": "yes"},
    "public:story-publish": {
        "shown_from": "2026-07-06",
        "shown_until": "2026-12-31",
        "revision": "2",
    },
    "public:story-return": {"reason": "数字再核对一下", "revision": "2"},
    "public:story-schedule": {
        "shown_from": "2026-07-06",
        "shown_until": "2026-12-31",
        "revision": "3",
    },
    "public:story-take-down": {"reason": "有一句写错了", "revision": "3"},
    "public:picture-add": {"file": "@picture"},
    "public:picture-edit": {"alt": "楼道里的公示栏", "caption": "一月一换", "revision": "2"},
    "public:picture-remove": {},
}
EXAMPLES = frozenset(POSTS)


# What makes the honest post of these possible: the same that makes the act succeed.
def filed_under_a_number(place: Any, given: dict[str, Any]) -> None:
    from schedules.concerns.models.intake import code_hash

    from .access_objects import filing_at

    filing, number = filing_at(place), POSTS["concerns:filing-query"]["number"]
    filing.number, filing.code_hash = number, code_hash(number, number)
    filing.save()


BROUGHT_ABOUT: dict[str, Any] = {
    "concerns:filing-query": filed_under_a_number,
    "orgs:user-open": opened,
    "orgs:grant-offices": granted,
    "orgs:slip-use": first_use,
    "orgs:start-root": nothing_yet,
    "schedules:mark-remove": marked,
    "action_items:line-verify": line_reported,
    "action_items:line-return": line_reported,
    "schemes:node-restore": taken_out,
    "schemes:group-copy": groups_of_last_year,
    "cycles:cycle-open": rules_in_force,
    "reviews:case-hand-over": another_reviewer,
    "reviews:case-assign": another_reviewer,
    "sites:site-review": three_of_the_zone,
    "neighbours:post-create": post_of_a_member,
}
# Where the narrowest would be refused for another reason.
PERSONS = {
    "decisions:objection-answer": "committee",
    "decisions:objection-confirm": "zone",
    "decisions:objection-return": "zone",
    "schemes:version-publish": "zone",
    "brands:copy-create": "dahuangshan",  # a branch of its street has the brand
    "reviews:evidence-look": "dahuangshan",
    "action_items:alike-gather": "dahuangshan",
    "action_items:item-look": "zone",
    "orgs:slip-use": "huzhuang1",
    "dispatch:meeting-create": "zone",
    "schedules:mark-remove": "dahuangshan",
    "schedules:duty-recusal-end": "dahuangshan",
    "schedules:duty-waive": "dahuangshan",
    "schedules:duty-waive-many": "dahuangshan",
    "schedules:duty-extend-many": "dahuangshan",
    "schedules:duty-resume-many": "dahuangshan",
    "schedules:report-accept-opened": "huzhuang",
    "schedules:duty-resume": "dahuangshan",
    "schedules:duty-extend": "dahuangshan",
    "schedules:duty-unlock": "dahuangshan",
    "members:member-move": "dahuangshan",
    "schedules:report-confirm": "zone",
}
# What the page found before its form is shown.
QUERIES = {
    "orgs:administrator-propose": "?q=candidate",
    "orgs:grant-create": "?person=officer&role=branch_officer&organization=湖庄村第二",
}
# They answer with a secret or a token of their own in tests beside.
SECRET_FIELDS = frozenset(("password", "current", "new", "again"))
# Fields that hold the id of something that belongs to somebody.
ID_FIELDS = frozenset(("organization", "parent", "target", "grant", "user", "owner", "owners"))


def posts() -> list[str]:
    """The names of all pages that take POST, in order. The interface for programs has its own."""
    return sorted(
        name
        for name, one in ADDRESSES.items()
        if "POST" in methods_of(one) and not name.startswith("api")
    )


def gets() -> list[Address]:
    """All addresses that take GET."""
    return [one for _, one in sorted(ADDRESSES.items()) if "GET" in methods_of(one)]


def person(name: str, method: str = "POST") -> str:
    """Who may call the address: the narrowest, or "anonymous"."""
    if name in PERSONS and method == "POST":
        return PERSONS[name]
    cells = expected(ROWS.get(name, {}).get(method, {}))
    may = [who for who in WHO if cells[who] not in (404, 403, "login")]
    return may[0] if may else "huzhuang1"


def browser(zone: Zone, name: str, method: str = "POST") -> Client:
    """A browser of that person; errors come back as status 500."""
    who = person(name, method)
    client = Client() if name == "orgs:login" else zone.client(who)
    client.raise_request_exception = False
    return client


def url_of(zone: Zone, name: str) -> str:
    """The address with the ids of one's own things, which are made."""
    prepare(name)
    kwargs = arguments(name, own(zone)) if ADDRESSES[name].arguments else {}
    _bring_about(zone, name, kwargs)
    return reverse(name, kwargs=kwargs) + QUERIES.get(name, "")


def _bring_about(zone: Zone, name: str, kwargs: dict[str, Any]) -> None:
    """The state in which the honest post has something to do."""
    from core import clock
    from core.crypto import seal
    from members.models import Member
    from members.models.member import column
    from orgs.actions import namings
    from orgs.models import Organization
    from schedules.rounds.actions import arrangements, checking, records, reports
    from schedules.rounds.models import Duty, Report

    if name == "orgs:administrator-propose":
        make_user("candidate")
    elif name == "schedules:duty-recusal-end":
        namings.recuse(
            by=zone.actor("dahuangshan"),
            relation="schedules.checker",
            organization_id=zone.branch.pk,
            reason="亲属在该支部",
        )
    elif name in BROUGHT_ABOUT:
        place = own(zone)
        BROUGHT_ABOUT[name](place, kwargs)
    elif name == "orgs:organization-extend":
        Organization.objects.filter(pk=zone.branch.pk).update(term_ends_on=dt.date(2026, 8, 1))
    elif name == "members:member-restore":
        Member.objects.filter(pk=kwargs["pk"]).update(state="left")
    elif name == "members:member-reveal":
        member = Member.objects.get(pk=kwargs["pk"])
        member.phone_sealed = seal("13900000000", column=column("phone"), row=member.uid)
        member.save()
    elif name == "schedules:duty-unlock":
        Duty.objects.filter(pk=kwargs["pk"]).update(locks_at=clock.now() - dt.timedelta(hours=1))
    elif name == "schedules:duty-resume":
        arrangements.waive(
            duty=Duty.objects.get(pk=kwargs["pk"]),
            revision=1,
            reason="支部正在合并",
            approved_by="街道会议",
            by=zone.actor("dahuangshan"),
        )
    elif name == "schedules:duty-resume-many":
        branch = Duty.objects.get(organization=zone.branch, period="2026-06")
        arrangements.waive_many(
            wanted={branch.pk: branch.revision},
            reason="支部正在合并",
            approved_by="街道会议",
            by=zone.actor("dahuangshan"),
        )
    elif name in (
        "schedules:duty-accept",
        "schedules:duty-return",
        "schedules:duty-withdraw",
        "schedules:record-resend",
    ):
        duty = Duty.objects.get(pk=kwargs["pk"])
        for day in range(1, duty.required_count + 1):
            records.add(
                duty=duty,
                done_on=dt.date(2026, 6, day),
                text="谈了一次",
                by=zone.actor("huzhuang1"),
            )
        if name == "schedules:record-resend":
            records.send_back(duty=duty, reason="请写明时间地点", by=zone.actor("huzhuang"))
    elif name in (
        "schedules:report-check",
        "schedules:report-reopen",
        "schedules:report-confirm",
        "schedules:report-withdraw",
        "schedules:duty-begin",
        "schedules:report-accept-opened",
    ):
        report = Report.objects.get(organization=zone.branch, period="2026-06")
        typed = {"highlights": ["带岗带责进网格"], "problems": "屋顶渗水", "next_plan": "主题党日"}
        sent = reports.submit(
            report=report,
            revision=report.revision,
            typed=typed,
            explanations={},
            by=zone.actor("huzhuang1"),
        )
        if name == "schedules:report-accept-opened":
            checking.begin(duty=sent.duty, by=zone.actor("huzhuang"))
        if name in ("schedules:report-reopen", "schedules:report-confirm"):
            reports.check(
                report=sent, revision=sent.revision, returned={}, by=zone.actor("huzhuang")
            )


def payload(zone: Zone, name: str) -> Fields:
    """The fields of an honest post, ids filled in."""
    return {
        _filled(zone, key): [_filled(zone, one) for one in value]
        if isinstance(value, list)
        else _filled(zone, value)
        for key, value in POSTS[name].items()
    }


def _filled(zone: Zone, text: str) -> Any:
    if "@" not in text or "@example" in text:
        return text
    if text == "@file":
        return SimpleUploadedFile("花名册.xlsx", b"PK nothing", content_type="text/plain")
    if text in ("@branch", "@branch2", "@general", "@street"):
        return str(getattr(zone, text[1:]).pk)
    if text == "@concern_kind":
        from schedules.concerns.models import ConcernKind

        return str(ConcernKind.objects.get_or_create(name="设施维修")[0].pk)
    if text == "@picture":
        return picture()
    if text == "@site_to_tell_of":
        return told_of(own(zone))
    if text == "@brand":
        from showcase.brands.models import Brand

        found = Brand.objects.order_by("-pk").first()
        return str(found.revision) if found is not None else "1"
    if re.fullmatch(r"@judge\d", text):
        from .world import make_user

        there = type(zone.users["zone"]).objects.filter(username=text[1:]).first()
        return str((there or make_user(text[1:], "zone_staff", zone.root)).pk)
    if re.fullmatch(r"@seat\d", text):
        from showcase.panels.models import PanelSeat

        rows = PanelSeat.objects.filter(panel__organization=zone.street).order_by("-panel_id", "pk")
        return str(rows.values_list("user_id", flat=True)[int(text[-1])])
    if text == "@cards":
        from schedules.dispatch.models import AgendaCard

        rows = AgendaCard.objects.exclude(meeting=None).order_by("-position", "-pk")
        return ",".join(str(pk) for pk in rows.values_list("pk", flat=True))
    if text == "@rechecker":
        people = User.objects.filter(username__startswith="rechecker").order_by("pk")
        return str(people.values_list("pk", flat=True).first() or 0)
    if text == "@series":
        from schedules.dispatch.models import MeetingSeries

        return str(MeetingSeries.objects.order_by("-pk")[0].pk)
    if text == "@revision":
        from schedules.action_items.models import ActionItem

        return str(ActionItem.objects.order_by("-pk").values_list("revision", flat=True)[0])
    if text == "@project_revision":
        from showcase.projects.models import Project

        return str(Project.objects.order_by("-pk").values_list("revision", flat=True)[0])
    if text == "@own_item":
        from schedules.action_items.models import ActionItem

        rows = ActionItem.objects.filter(owner=zone.branch).order_by("-pk")
        return str(rows.values_list("pk", flat=True)[0])
    if text == "@scheme_revision":
        from assessments.schemes.models import SchemeVersion

        return str(SchemeVersion.objects.order_by("-pk").values_list("revision", flat=True)[0])
    if text.startswith("@judge-"):
        return str(User.objects.filter(username=text[1:]).values_list("pk", flat=True).first() or 0)
    if text.startswith("@look"):
        from assessments.self_assessments.models import SelfAttachment

        return f"file:{SelfAttachment.objects.latest('pk').uid}"
    if (found := re.search(r"@(member|case)(\d)|@third_reviewer", text)) is not None:
        from assessments.reviews.models import ReviewCase, TeamMember

        people = TeamMember.objects.filter(review__cycle__organization=zone.street)
        if found[1] is None:
            return str(people.latest("pk").user_id)
        cases = ReviewCase.objects.filter(team__review__cycle__organization=zone.street)
        rows = people.order_by("pk").values_list("user_id", flat=True)
        if found[1] == "case":
            rows = cases.order_by("pk").values_list("assessed_id", flat=True)
        return text.replace(found[0], str(rows[int(found[2])]))
    if text.startswith("@assessed"):
        from assessments.cycles.models import Assessed

        row = Assessed.objects.filter(organization=zone.branch).order_by("-pk")[0]
        return text.replace("@assessed", str(row.pk))
    if any(word in text for word in ("@list", "@finding", "@line-", "@item_now")):
        return _of_list(zone, text)
    if text.startswith("@round"):
        from assessments.ballots.models import BallotRound

        found = BallotRound.objects.filter(assessed__organization=zone.branch).order_by("-pk")[0]
        return text.replace("@round", str(found.pk))
    if text == "@seen":
        return _seen(zone)
    if text == "@opened":
        from schedules.rounds.models import Report

        report = Report.objects.get(organization=zone.branch, period="2026-06")
        return f"{report.pk}.{report.revision}"
    if text in ("@alike1", "@alike2"):
        from schedules.action_items.models import ActionItem

        return str(ActionItem.objects.order_by("pk")[int(text[-1]) - 1].pk)
    if text in ("@officer", "@dahuangshan"):
        return str(zone.users[text[1:]].pk)
    if text == "@grant":
        return str(zone.users["huzhuang1"].grants.get().pk)
    if text == "@a_member":
        from members.models import Member

        rows = Member.objects.filter(organization=zone.branch).order_by("pk")
        return str(rows.values_list("pk", flat=True).first() or 0)
    if text in ("m@talker", "m@partner"):
        from members.models import Member

        rows = Member.objects.filter(organization=zone.branch).order_by("pk")
        return f"m{rows[int(text == 'm@partner')].pk}"
    if text.endswith(("@on_roll", "@beside")):  # two of the branch
        from members.models import MemberStanding

        rows = MemberStanding.objects.filter(organization=zone.branch).order_by("-member_id")[:2]
        last, before = rows[0].member_id, rows[len(rows) - 1].member_id
        return text.replace("@on_roll", str(last)).replace("@beside", str(before))
    if text == "@arranged":
        from core import clock
        from schedules.life.queries.groups import mark_of, placed_in

        return mark_of(placed_in(zone.branch, clock.today()))
    if text == "@group":
        from orgs.models import Organization

        return f"{Organization.objects.get(parent=zone.branch, kind='party_group').pk}*"
    if text == "@candidate":
        return str(User.objects.get(username="candidate").pk)
    keys = _item_keys(zone)
    for kind in ("item", "text", "entries", "version"):
        text = text.replace(f"@{kind}", keys[kind])
    return text


def _of_list(zone: Zone, text: str) -> str:
    """What names the branch's list of rectification, its first finding and its first line."""
    from assessments.rectifications.models import Rectification

    row = Rectification.objects.filter(assessed__organization=zone.branch).first()
    if row is None:
        return text
    finding = row.findings.order_by("number")[0]
    known = {
        "@list_now": row.revision,
        "@list": row.pk,
        "@finding": finding.pk,
        "@line": finding.line_id,
        "@item_now": row.item.revision if row.item else 0,
    }
    for word, value in known.items():
        text = text.replace(word, str(value))
    return text


def _seen(zone: Zone) -> str:
    """The mark of whichever preview has rows."""
    opening, giving = opening_plan(), grant_plan()
    if opening.rows or giving.rows:
        return opening.mark if opening.rows else giving.mark
    return print_mark(committees(zone.street.path)[0].people)


def _item_keys(zone: Zone) -> dict[str, str]:
    from schedules.rounds.models import Report

    report = Report.objects.get(organization=zone.branch)
    found = {item.kind: item.key for item in report.items.all()}
    return {
        "version": str(report.revision),
        "item": found.get("text", "none"),
        "text": found.get("text", "none"),
        "entries": found.get("entries", "none"),
    }


UNSTABLE = ("Session", "AuditEntry", "AuditHead", "AccessAttempt", "AccessLog")


def state_of_all(*, without: tuple[str, ...] = UNSTABLE) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the portal, to compare with later. One statement tells which
    tables hold any, one plain statement reads each of those: hundreds of tests ask twice, and most
    tables are empty."""
    models = [
        model for model in apps.get_models() if not any(word in model.__name__ for word in without)
    ]
    found: dict[str, list[tuple[Any, ...]]] = {model._meta.label: [] for model in models}
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        held = ", ".join(
            f"EXISTS (SELECT 1 FROM {quote(model._meta.db_table)})" for model in models
        )
        cursor.execute(f"SELECT {held}")
        for model, holds in zip(models, cursor.fetchone(), strict=True):
            if holds:
                options = model._meta
                cursor.execute(
                    f"SELECT * FROM {quote(options.db_table)} ORDER BY {quote(options.pk.column)}"
                )
                found[options.label] = cursor.fetchall()
    return found


def powers() -> dict[str, Any]:
    """What nobody may change by adding a field to a form: who may what, and what stands where."""
    from members.models import Member
    from orgs.models import Organization, RoleGrant
    from schedules.action_items.models import ActionItem
    from schedules.rounds.models import Duty, Report

    wanted: dict[Any, tuple[str, ...]] = {
        User: ("username", "is_active", "is_superuser", "admin_kind", "must_change_password"),
        RoleGrant: ("user__username", "role", "organization__name", "valid_from", "valid_to"),
        Organization: ("name", "path", "kind", "code"),
        Member: ("name", "organization__name", "state", "category"),
        Report: ("organization__name", "state", "period"),
        Duty: ("organization__name", "state", "due_on"),
        ActionItem: ("owner__name", "issuer__name", "year", "serial"),
    }
    rows: dict[str, Any] = {}
    for model, fields in wanted.items():
        there = {field.name for field in model._meta.fields}
        known = [field for field in fields if field.partition("__")[0] in there]
        rows[model.__name__] = sorted(map(str, model._base_manager.values_list(*known)))
    return rows


@contextlib.contextmanager
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Which names the code asks a request for."""
    names: set[str] = set()

    def watched(method: str) -> Callable[..., Any]:
        real = getattr(QueryDict, method)

        def look(self: QueryDict, key: Any, *args: Any, **kwargs: Any) -> Any:
            if isinstance(key, str):
                names.add(key)
            return real(self, key, *args, **kwargs)

        return look

    with monkeypatch.context() as patch:
        for method in ("get", "getlist", "__getitem__", "__contains__"):
            patch.setattr(QueryDict, method, watched(method))
        yield names


def sampled(values: dict[str, Any], *key: str, always: Collection[str]) -> dict[str, Any]:
    """Of odd values those that one field of one page is tried with: what is tried `always`, and a
    quarter of the others, chosen by the names of page and field and so the same in every run. Pages
    read their parameters by the same few functions; there are hundreds of fields, so that each value
    meets each function. `make test-whole` tries all everywhere."""
    if WHOLE or connection.vendor == "sqlite":  # which is tried with few as it is
        return values
    others = [kind for kind in values if kind not in always]
    chosen = random.Random("/".join(key)).sample(others, -(-len(others) // 4))
    return {kind: value for kind, value in values.items() if kind in always or kind in chosen}


def for_this_database(values: dict[str, Any], on_sqlite: Collection[str]) -> dict[str, Any]:
    """All values on PostgreSQL; on SQLite those that SQLite itself may refuse or misread. What is
    decided before a database is decided alike on both, and tried once."""
    if connection.vendor != "sqlite":
        return values
    return {kind: values[kind] for kind in on_sqlite}


def taken(answer: Any, fields: Collection[str]) -> list[str]:
    """Of fields that were all spoilt in one post those that have to be spoilt again, each by itself:
    what a field of the form refuses by its own rules, whatever else was sent, is refused alone
    too; what it takes, or what no form reads, may have been hidden behind another's refusal."""
    form = answer.context.get("form") if answer.context is not None else None
    if form is None or not getattr(form, "is_bound", False):
        return list(fields)
    return [name for name in fields if not _refuses(form, name)]


def _refuses(form: Any, name: str) -> bool:
    field = form.fields.get(name)
    if field is None:
        return False
    given = field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
    try:
        field.clean(given)
    except ValidationError:
        return True
    return False
