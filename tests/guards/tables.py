"""What models promise: a scope, a purpose for what is known of a person, a named migration."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import models

from core.privacy import Personal

from .house import House, Reasons, guard

# Models without `visible_to`, and what keeps their rows apart instead.
UNSCOPED = Reasons(
    {
        "core.AuditEntry": "the audit administrator alone reads it, whole",
        "core.AuditHead": "no data",
        "core.Effect": "the system administrator sees kind and state, never the payload",
        "core.Slot": "no data",
        "core.Heartbeat": "no data",
        "core.MadeDocument": "each person his own, by user",
        "core.Notification": "each person his own, by user",
        "core.StartMark": "how far the installation is; of no organisation",
        "orgs.User": "administrators manage accounts; others see only their own",
        "orgs.PortalSession": "each person his own; the security administrator all",
        "orgs.DeputyRequest": "whoever decides it (to_decide); whoever asked his own",
        "orgs.RoleGrant": "the security administrator sees all, others their own",
        "orgs.NamedRight": "shown with its organisation to whoever may name there, one's own to oneself",
        "orgs.AdministratorProposal": "administrators only",
        "orgs.OrganizationEvent": "shown with its organisation, which is scoped",
        "orgs.OrganizationPlacement": "shown with its organisation, which is scoped",
        "orgs.OfficeHolding": "shown with its organisation, which is scoped",
        "orgs.Term": "shown with its organisation, which is scoped",
        "orgs.OrganizationImport": "each person his own uploads",
        "members.MemberImport": "each person his own uploads",
        "life.LedgerImport": "each person his own uploads",
        "schemes.SchemeImport": "each person his own uploads",
        "concerns.ConcernImport": "each person his own uploads",
        "concerns.ConcernKind": "categories of the whole zone; nothing of anybody",
        "concerns.Filing": "shown with its concern, which is scoped; to its resident by number and code",
        "concerns.OtherBody": "told to everybody; nothing of anybody",
        "concerns.PublicForm": "the words of the form; nothing of anybody",
        "concerns.ConcernStep": "shown with its concern, which is scoped",
        "concerns.PracticeBasis": "shown with its practice; its concerns as far as one sees them",
        "members.TotalHeadcount": "read by the path of an organisation, which is scoped",
        "members.HeadcountMark": "work to do, shown to nobody",
        "members.HeadcountLedger": "whether figures were right; of no organisation",
        "members.MembershipExit": "shown with its member, who is scoped",
        "action_items.ActionEvidence": "shown with its item, which is scoped",
        "schedules.ReportEvidence": "shown with its report, which is scoped",
        "action_items.ActionAttachment": "shown with its item, which is scoped",
        "action_items.ActionLine": "shown with its item, which is scoped",
        "action_items.ActionLink": "shown with its item, which is scoped",
        "action_items.ActionNotice": "never shown; found through its item",
        "action_items.ActionStep": "shown with its item, which is scoped",
        "action_items.Extension": "shown with its item, which is scoped",
        "action_items.FeedbackNotice": "never shown; found through its feedback",
        "action_items.NumberSeries": "how many numbers an organisation gave; no data",
        "dispatch.Amendment": "shown with its meeting, which is scoped",
        "dispatch.Attendance": "shown with its meeting, which is scoped",
        "dispatch.CardMove": "shown with its meetings, which are scoped",
        "dispatch.Outcome": "shown with its card, which is scoped",
        "dispatch.TourNote": "shown with its meeting, which is scoped",
        "dispatch.TourStop": "shown with its meeting, which is scoped",
        "dispatch.VisitAttachment": "shown with its visit, which is scoped",
        "dispatch.VisitFinding": "shown with its visit, which is scoped",
        "dispatch.VisitVisitor": "shown with its visit, which is scoped",
        "life.AppraisalResult": "shown with its appraisal, which is scoped",
        "life.Attendance": "shown with its record, which is scoped",
        "life.GroupMembership": "shown with its group, which is scoped",
        "life.LifeFile": "shown with its record, which is scoped",
        "life.LifeStep": "shown with its record, which is scoped",
        "life.OwnMembership": "each person his own; shown to nobody",
        "life.StudyNorm": "norms are the zone's",
        "life.StudyRule": "how study is counted is the zone's",
        "life.PlannedMeeting": "shown with its plan, which is scoped",
        "life.ProblemList": "holds no words; its lines are scoped",
        "life.Vote": "shown with its record, which is scoped",
        "schemes.GroupPlace": "shown with its group, which is scoped",
        "schemes.SchemeScan": "shown with its version, which is scoped",
        "schemes.SchemeStep": "shown with its version, which is scoped",
        "decisions.ObjectionAttachment": "shown with its objection, which is scoped",
        "decisions.ObjectionEvidence": "shown with its objection, which is scoped",
        "decisions.ObjectionNotice": "never shown; found through its objection",
        "ballots.BallotCount": "shown with its round, which is scoped",
        "ballots.CountScan": "shown with its round, which is scoped",
        "ballots.ReportFile": "shown with its report, which is scoped",
        "brands.BrandFigure": "shown with its brand, which is scoped",
        "brands.BrandMark": "shown with its brand, which is scoped",
        "brands.BrandMonth": "shown with its brand, which is scoped",
        "brands.BrandPassage": "shown with its brand, which is scoped",
        "brands.BrandStep": "shown with its brand, which is scoped",
        "cycles.HandMark": "shown with its assessed, who are scoped",
        "cycles.IndicatorScore": "shown with its score, which is scoped",
        "cycles.Reading": "figures of a computation; no page shows them",
        "cycles.Run": "shown with its cycle, which is scoped",
        "cycles.ScoreLedger": "no data",
        "cycles.ScoreMark": "no data",
        "self_assessments.SelfAttachment": "shown with its self-assessment, which is scoped",
        "self_assessments.SelfEvidence": "shown with its self-assessment, which is scoped",
        "self_assessments.SelfItem": "shown with its self-assessment, which is scoped",
        "self_assessments.SelfNotice": "that somebody was told; shown to nobody",
        "reviews.EvidenceLook": "shown with its seat, which is scoped",
        "reviews.ExampleMark": "each person his own",
        "reviews.ReviewCase": "shown with its review, which is scoped",
        "reviews.ReviewExample": "shown with its review, and to who has seats in it",
        "reviews.ReviewItem": "shown with its seats, which are scoped",
        "reviews.ReviewTeam": "shown with its review, which is scoped",
        "reviews.TeamMember": "shown with its review, which is scoped",
        "schedules.BurdenCap": "the cap is the zone's",
        "schedules.BurdenExcess": "shown to who keeps the zone's plans",
        "schedules.BurdenMonth": "sums of kinds and classes, open to everybody inside the zone",
        "schedules.HouseVerdict": "whether the portal keeps its rules, open to everybody",
        "schedules.MinutesEstimate": "how long things take, of nobody in particular",
        "schedules.RegisterSeries": "how far numbers have come",
        "schedules.CalendarYear": "the same calendar for everybody",
        "schedules.CalendarDay": "the same calendar for everybody",
        "schedules.Plan": "plans are the zone's; who is concerned is the duty's scope",
        "schedules.ReminderMark": "never shown; found through its duty",
        "schedules.DutyRecord": "shown with its duty, which is scoped",
        "schedules.DutyStep": "shown with its duty, which is scoped",
        "schedules.ReportDefinition": "forms are the zone's",
        "schedules.ReportMarkStep": "shown with its mark, which is scoped",
        "schedules.ReportVersion": "shown with its report, which is scoped",
        "schedules.ReportStep": "shown with its report, which is scoped",
        "schedules.ReportAttachment": "shown with its report, which is scoped",
        "schedules.RollupMark": "work to do, shown to nobody",
        "schedules.RollupLedger": "whether figures were right; of no organisation",
        "public.PublicPage": "what anybody reads",
        "public.PublicPicture": "what anybody sees, as long as its page is shown",
        "public.PublicStamp": "a number",
        "public.StoryPerson": "shown with its story, which is scoped",
        "public.StoryPicture": "opened through its story, which is scoped",
        "public.StoryStep": "shown with its story, which is scoped",
        "sites.SiteAttachment": "opened through its site, which is scoped",
        "sites.SiteCheck": "shown with its site, to who may read all of it",
        "sites.SiteEvidence": "shown with its site, to who may read all of it",
        "sites.SiteStep": "shown with its site, to who may read all of it",
        "projects.Milestone": "shown with its project, which is scoped",
        "projects.MilestoneFinish": "counted with its project, which is scoped",
        "projects.MilestoneNotice": "never shown; found through its milestone",
        "projects.ProjectAttachment": "opened through its project, which is scoped",
        "projects.ProjectRequest": "shown with its project, which is scoped",
        "projects.ProjectStep": "shown with its project, which is scoped",
        "projects.Spending": "shown with its project, which is scoped",
        "neighbours.PartnershipLine": "shown with its partnership, which is scoped",
        "themes.Finder": "fetched with its holder, whose themes the actor keeps",
        "themes.FinderFigure": "shown with its finder, which is scoped",
        "themes.FinderMonth": "shown with its finder, which is scoped",
        "themes.ThemeCommittee": "shown with its theme, which is scoped",
        "themes.ThemeDate": "shown with its theme, which is scoped",
        "themes.ThemeFigure": "shown with its theme, which is scoped",
        "themes.ThemeMonth": "of all organisations, shown to who sees the whole of the theme",
        "themes.ThemeRemark": "shown beside its committee's numbers, which are scoped",
        "weak_cases.CaseFact": "shown with its case, which is scoped",
        "weak_cases.CaseMeasure": "shown with its case, which is scoped",
        "weak_cases.CaseStep": "shown with its case, which is scoped",
    }
)

# Text, date and JSON fields that say nothing about a person.
NOT_PERSONAL = {
    "core.AuditEntry": "at role organization_path verb object_type object_id request_id hash",
    "core.AuditHead": "hash",
    "core.Effect": "key kind not_before lease_until lease_token created_at finished_at",
    "core.Slot": "job planned_for",
    "core.StoredAnswer": "key digest headers created_at",
    "core.Heartbeat": "name at",
    "core.MadeDocument": (
        "kind content_type digest failure stored_as organization_path asked_at made_at expires_at"
    ),
    "core.Notification": "key about url created_at read_at",
    "core.StartMark": "key at detail",
    "orgs.User": (
        "password last_login secret_expires_at password_changed_at created_at enabled_at named_until "
        "slip_printed_at reset_at"
    ),
    "orgs.AccessToken": "digest beginning created_at expires_at last_used_at revoked_at",
    "orgs.PortalSession": "session_key expire_date created_at seen_at",
    "orgs.RoleGrant": "valid_from valid_to granted_at",
    "orgs.DeputyRequest": "first last asked_at decided_at",
    "orgs.NamedRight": "relation subject_kind valid_from valid_to named_at ended_at",
    "orgs.AdministratorProposal": "proposed_at decided_at",
    "members.MembershipDecision": "state proposed_at decided_at",
    "orgs.FullExport": "kind state asked_at decided_at expires_at",
    "orgs.OrganizationEvent": ("happened_on approved_by document_number details note recorded_at"),
    "orgs.OrganizationPlacement": "path name valid_from valid_to recorded_at",
    "orgs.OrganizationImport": "sha256 counts failure uploaded_at applied_at",
    "orgs.OfficeHolding": "document_number started_on ended_on recorded_at end_recorded_at",
    "orgs.Term": ("started_on ends_on extended_until document_number valid_from recorded_at"),
    "orgs.Organization": (
        "code name name_key short_name name_pinyin name_initials path founded_on abolished_on "
        "term_started_on term_ends_on extended_until extension_document unit_name unit_nature "
        "unit_code note updated_at"
    ),
    "members.Member": "source as_of updated_at",
    "members.MemberImport": "sha256 counts failure uploaded_at applied_at",
    "life.LedgerImport": "sha256 counts failure uploaded_at applied_at",
    "concerns.Concern": "order_number received_at due_at answered_at called_at ended_at",
    "concerns.ConcernImport": "sha256 counts failure uploaded_at applied_at",
    "concerns.ConcernKind": "name template",
    "concerns.Filing": "number code_hash token_hash filed_at",
    "concerns.OtherBody": "name words phone address",
    "concerns.PublicForm": "introduction emergency_words subject_words",
    "concerns.ConcernStep": "at by_organization",
    "concerns.ConcernTerm": "due_at ended_at called_at",
    "concerns.Practice": "decided_at",
    "concerns.ReplyTemplate": "title",
    "members.MembershipExit": "recorded_at undone_at",
    "members.MemberStanding": "recorded_at withdrawn_at",
    "members.OwnHeadcount": "path as_of",
    "members.TotalHeadcount": "path as_of",
    "members.HeadcountMark": "at",
    "members.HeadcountLedger": "filled_at compared_at",
    "action_items.ActionAttachment": "content_type sha256 scan uploaded_at",
    "action_items.ActionItem": (
        "source_kind drafted_at issued_at receipt_due_on received_at due_on original_due_on "
        "reported_at waiting_name waiting_since waiting_due_on verified_at look_from look_until "
        "looked_at"
    ),
    "action_items.ActionLine": "due_on reported_at verified_at figure_key",
    "action_items.ActionEvidence": "kind linked_at",
    "schedules.ReportEvidence": "kind linked_at item_key",
    "action_items.ActionLink": "source_kind at",
    "action_items.ActionNotice": "stage told_at",
    "action_items.ActionStanding": "receipt_due_on due_on since until",
    "action_items.ActionStep": "at by_organization",
    "action_items.Feedback": "written_at fingerprint due_on answered_at",
    "action_items.FeedbackNotice": "stage told_at",
    "action_items.Extension": "due_before wanted_on asked_at due_after decided_at",
    "dispatch.AgendaCard": "figures chart as_of origin proposed_at began_at running_since",
    "dispatch.Amendment": "at",
    "dispatch.Attendance": "post",
    "dispatch.CardMove": "at",
    "dispatch.DispatchMeeting": (
        "drafted_at period title starts_at place changed_at called_at opened_at closed_at"
    ),
    "dispatch.MeetingSeries": "name place posts",
    "dispatch.Outcome": "written_at",
    "dispatch.FieldVisit": "visit_on saved_at begun_at done_at",
    "dispatch.TourNote": "written_at",
    "dispatch.TourStop": "arrives_at",
    "dispatch.VisitAttachment": "content_type sha256 scan uploaded_at",
    "dispatch.VisitDraw": "title seed seed_source seeded_at drawn_at published_at digest",
    "dispatch.VisitFinding": "written_at",
    "life.Appraisal": "written_at superseded_at",
    "life.Exemption": "since until written_at ended_at",
    "life.GroupMembership": "since until",
    "life.Invitation": "invited_at answered_at",
    "life.LifeFile": "content_type sha256 uploaded_at",
    "life.LifeStep": "at by_organization",
    "life.Meeting": "held_on place text_digest recorded_at written_at superseded_at",
    "life.OwnMembership": "proven_at failed_on",
    "life.Talk": "held_on recorded_at written_at withdrawn_at",
    "life.StudyNorm": "set_at",
    "life.StudyRecord": "started_on ended_on recorded_at withdrawn_at",
    "life.StudyRule": "set_at",
    "life.PlannedMeeting": "place",
    "life.Problem": "due_on written_at superseded_at",
    "life.ProblemList": "written_at",
    "life.YearPlan": "party_day written_at",
    "schemes.AssessmentGroup": "name classes",
    "schemes.IndicatorExemption": "indicator since until proposed_at approved_at ended_on",
    "schemes.Scheme": "name classes created_at",
    "schemes.SchemeImport": "sha256 counts failure uploaded_at applied_at",
    "schemes.SchemeScan": "content_type sha256 uploaded_at",
    "schemes.SchemeStep": "at by_organization",
    "schemes.SchemeVersion": (
        "content changed_at from_period document_number document_on submitted_at published_at digest"
    ),
    "ballots.BallotCount": "votes",
    "ballots.BallotRound": "indicator held_on votes",
    "ballots.CountScan": "content_type sha256 scan uploaded_at",
    "ballots.ReportFile": "content_type sha256 scan uploaded_at",
    "ballots.SecretaryReport": "sent_at",
    "cycles.Assessed": "path name organization_class",
    "cycles.Correction": (
        "indicator name old_points new_points old_total new_total old_grade new_grade at key"
    ),
    "cycles.Cycle": "period opened_at known_at submitted_at sealed_at",
    "cycles.HandMark": "indicator at",
    "cycles.IndicatorScore": "key",
    "cycles.Posting": "points about posted_on posted_at key",
    "cycles.Reading": "figure period values read_at",
    "cycles.Run": "known_at started_at finished_at failure summary",
    "cycles.Score": "grade band waiting compared digest computed_at",
    "cycles.ScoreLedger": "compared_at",
    "cycles.ScoreMark": "at",
    "decisions.Decision": "met_on minutes_number decided_at digest",
    "decisions.Objection": "indicator name raised_at due_on named_at corrected answered_at closed_at",
    "decisions.ObjectionAttachment": "content_type sha256 uploaded_at",
    "decisions.ObjectionEvidence": "kind linked_at",
    "decisions.ObjectionNotice": "stage",
    "decisions.Publication": "since until published_at withdrawn_at",
    "rectifications.CommonCause": "indicator raised_at",
    "rectifications.Finding": "indicator name category repair due_on credited_at",
    "rectifications.Rectification": "proposed_at issued_at",
    "self_assessments.SelfAssessment": "sent_at",
    "self_assessments.SelfAttachment": "content_type sha256 uploaded_at",
    "self_assessments.SelfEvidence": "kind linked_at",
    "self_assessments.SelfItem": "indicator returned_at answered_at",
    "self_assessments.SelfNotice": "stage told_at",
    "reviews.EvidenceLook": "key",
    "reviews.ExampleMark": "given_at",
    "reviews.Review": "due_on seed begun_at",
    "reviews.ReviewExample": "indicator case facts",
    "reviews.ReviewItem": "indicator done_at",
    "reviews.ReviewSeat": "given_at",
    "reviews.ReviewTeam": "name",
    "schedules.BurdenCap": "basis set_at",
    "schedules.BurdenExcess": "month reason given_at",
    "schedules.BurdenMonth": "source month kind organization_class",
    "schedules.HouseVerdict": "rule looked_at at breaches",
    "schedules.MinutesEstimate": "subject computed_on",
    "schedules.RegisterSeries": "kind",
    "schedules.CalendarYear": "source",
    "schedules.CalendarDay": "day name",
    "schedules.Plan": (
        "key name about basis fulfilment kinds classes steps starts_on ends_on number valid_until"
    ),
    "schedules.Duty": (
        "subject_kind period begins_on due_on due_at late_after locks_at submitted_at sent_at "
        "return_reason finished_at waived_reason opened_at phase mend_by mend_at extended_from "
        "check_begun_at"
    ),
    "schedules.ReminderMark": "stage sent_at",
    "schedules.DutyStep": "at by_organization",
    "schedules.DutyRecord": "done_on recorded_at removed_at",
    "schedules.Rollup": "period path missing_due_at as_of",
    "schedules.RollupMark": "period at",
    "schedules.RollupLedger": "compared_at as_of",
    "schedules.DutyStanding": (
        "period path organization_class state phase due_at submitted_at since until"
    ),
    "schedules.ReportDefinition": (
        "key name kinds classes items removed valid_from created_at number valid_until"
    ),
    "schedules.Report": "period figures_at started_at submitted_at saved_at checked_by_path",
    "schedules.ReportItem": "period key title checked_at",
    "schedules.ReportMark": "marked_at answered_at",
    "schedules.ReportMarkStep": "at by_organization",
    "schedules.ReportVersion": "saved_at",
    "schedules.ReportStep": "at by_organization",
    "schedules.ReportAttachment": "content_type sha256 scan uploaded_at",
    "public.PublicPage": (
        "slug title facts honour place committee told_on promised_on published_on shown_from"
        " shown_until taken_down_at"
    ),
    "public.PublicPicture": "content_type sha256 uploaded_at",
    "public.PublicStamp": "changed_at",
    "public.Story": "subject_label title source visit told_on promised_on written_at",
    "public.StoryPerson": "agreed_on",
    "public.StoryPicture": "content_type sha256 uploaded_at",
    "public.StoryStep": "at by_organization",
    "sites.AwardProgramme": ("title basis awarded_by criteria closes_on plaque_prefix created_at"),
    "sites.DemonstrationSite": (
        "title created_at sent_at plaque_number named_on next_review_on warned_on warned_until removed_on decided_at"
    ),
    "sites.SiteAttachment": "content_type sha256 uploaded_at",
    "sites.SiteCheck": "checked_on at",
    "sites.SiteEvidence": "kind linked_at",
    "sites.SiteStep": "at by_organization",
    "brands.Brand": "name method taken_on basis named_on recheck_on wanted_on ended_on state",
    "brands.BrandCopy": "begun_on told_on",
    "brands.BrandFigure": "key",
    "brands.BrandMark": "content_type sha256 scan uploaded_at",
    "brands.BrandMonth": "period read_at",
    "brands.BrandPassage": "at by_organization",
    "brands.BrandStep": "due_on done_on",
    "brands.Highlight": "source_kind source_key noted_at dropped_at",
    "neighbours.Wish": "title until published_at claimed_at closed_on",
    "neighbours.GridPost": "grid title since until created_at",
    "neighbours.Partnership": "outside since ended_on created_at",
    "neighbours.PartnershipLine": "on at by_organization",
    "themes.FinderFigure": "key period read_at",
    "themes.FinderMonth": "period read_at",
    "themes.Finder": "begun_at touched_at read_at weaknesses",
    "panels.Panel": "kind criteria due_on state opened_at ended_at",
    "projects.Campaign": "kind title figure created_at",
    "projects.Milestone": "due_on baseline_on done_on",
    "projects.MilestoneFinish": "done_on said_at undone_at",
    "projects.MilestoneNotice": "stage told_at",
    "projects.ProjectAttachment": "content_type sha256 uploaded_at",
    "projects.Project": (
        "title figure indicator indicator_key items state midterm_on grade created_at approved_on"
        " closed_on"
    ),
    "projects.ProjectRequest": "kind due_on state asked_at decided_at",
    "projects.ProjectStep": "at by_organization",
    "projects.Spending": "on at",
    "panels.PanelSeat": "state given_at",
    "themes.Theme": (
        "quarter title basis classes step_kind created_at published_at read_at concluded_at"
    ),
    "themes.ThemeDate": "on",
    "themes.ThemeFigure": "key due_on",
    "themes.ThemeMonth": "period read_at",
    "themes.ThemePlace": "joined_at",
    "themes.ThemeRemark": "at",
    "weak_cases.CaseStep": "at by_organization",
    "weak_cases.Criterion": "name basis in_force_from in_force_to",
    "weak_cases.WeakCase": "opened_on decided_on accepted_on half_on ended_on",
}
TEXTUAL = (
    models.CharField,
    models.TextField,
    models.DateField,
    models.JSONField,
    models.BinaryField,
)


@guard("give it visible_to(actor), or say in UNSCOPED what keeps its rows apart", UNSCOPED)
def models_without_a_scope(house: House) -> Iterator[str]:
    for model in house.models:
        is_scoped = hasattr(model._default_manager.all(), "visible_to")
        if not is_scoped and not UNSCOPED.excuse(model._meta.label):
            yield model._meta.label


@guard("tag it in the model's PRIVACY, or list it in NOT_PERSONAL")
def fields_neither_personal_nor_plain(house: House) -> Iterator[str]:
    for model in house.models:
        known = set(_personal(model)) | _plain(model)
        for field in model._meta.concrete_fields:
            if isinstance(field, TEXTUAL) and not field.choices and field.name not in known:
                yield f"{model._meta.label}.{field.name}"


@guard("a field is in PRIVACY or in NOT_PERSONAL, and there")
def tags_without_a_field(house: House) -> Iterator[str]:
    for model in house.models:
        personal, plain = set(_personal(model)), _plain(model)
        names = {field.name for field in model._meta.concrete_fields}
        yield from (f"{model._meta.label}.{name}" for name in (personal | plain) - names)
        yield from (f"{model._meta.label}.{name} is in both" for name in personal & plain)


@guard("what is sealed is sensitive; tag it so in PRIVACY")
def sealed_fields_tagged_ordinary(house: House) -> Iterator[str]:
    for model in house.models:
        for field in model._meta.concrete_fields:
            tag = _personal(model).get(field.name)
            if field.name.endswith("_sealed") and (tag is None or tag.sensitivity == "ordinary"):
                yield f"{model._meta.label}.{field.name}"


@guard("an intermediate table is a model of its own: rows are written by name")
def tables_without_a_model(house: House) -> Iterator[str]:
    for model in house.models:
        for field in model._meta.local_many_to_many:
            if field.remote_field.through._meta.auto_created:
                yield f"{model._meta.label}.{field.name}"


@guard("move what save() does into an action")
def models_that_act_when_saved(house: House) -> Iterator[str]:
    for model in house.models:
        for name in ("save", "delete"):
            if name in vars(model):
                yield f"{model._meta.label}.{name}"


@guard("say in the migration's name what it does")
def migrations_named_by_the_machine(house: House) -> Iterator[str]:
    for app in house.apps:
        for path in sorted(Path(app.path, "migrations").glob("[0-9]*.py")):
            if re.search(r"_auto_|_and_more\b|^\d+_alter_[a-z]+_[a-z_]+_[a-z_]+$", path.stem):
                yield str(path.relative_to(house.root))


def _personal(model: Any) -> dict[str, Personal]:
    return getattr(model, "PRIVACY", {})


def _plain(model: Any) -> set[str]:
    return set(NOT_PERSONAL.get(model._meta.label, "").split())
