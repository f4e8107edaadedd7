from django.urls import URLPattern, path

from ..views import accounts, administration, audit, grants, jobs, openings, slips, starting

urlpatterns: list[URLPattern] = [
    path("login/", accounts.login, name="login"),
    path("logout/", accounts.logout, name="logout"),
    path("account/", accounts.profile, name="profile"),
    path("account/password/", accounts.password_change, name="password-change"),
    path("account/first-use/", slips.slip_use, name="slip-use"),
    path("account/acting/", accounts.grant_switch, name="grant-switch"),
    path("account/sessions/", accounts.session_list, name="session-list"),
    path("account/sessions/<slug:digest>/end/", accounts.session_end, name="session-end"),
    path("administration/accounts/", administration.user_list, name="user-list"),
    path("administration/accounts/new/", administration.user_create, name="user-create"),
    path("administration/accounts/opening/", openings.user_open, name="user-open"),
    path("administration/accounts/<int:pk>/", administration.user_edit, name="user-edit"),
    path("administration/accounts/<int:pk>/reset/", administration.user_reset, name="user-reset"),
    path(
        "administration/accounts/<int:pk>/disable/",
        administration.user_disable,
        name="user-disable",
    ),
    path(
        "administration/accounts/<int:pk>/enable/", administration.user_enable, name="user-enable"
    ),
    path("administration/grants/", grants.grant_list, name="grant-list"),
    path("administration/grants/new/", grants.grant_create, name="grant-create"),
    path("administration/grants/offices/", openings.grant_offices, name="grant-offices"),
    path("administration/slips/", slips.slip_list, name="slip-list"),
    path("administration/slips/<int:pk>/", slips.slip_print, name="slip-print"),
    path("administration/start/root/", starting.start_root, name="start-root"),
    path("administration/start/mail/", starting.mail_test, name="mail-test"),
    path("administration/grants/<int:pk>/end/", grants.grant_end, name="grant-end"),
    path(
        "administration/administrators/",
        administration.administrator_list,
        name="administrator-list",
    ),
    path(
        "administration/administrators/new/",
        administration.administrator_propose,
        name="administrator-propose",
    ),
    path(
        "administration/administrators/<int:pk>/confirm/",
        administration.administrator_confirm,
        name="administrator-confirm",
    ),
    path(
        "administration/administrators/<int:pk>/refuse/",
        administration.administrator_refuse,
        name="administrator-refuse",
    ),
    path(
        "administration/administrators/<int:pk>/withdraw/",
        administration.administrator_withdraw,
        name="administrator-withdraw",
    ),
    path("administration/sessions/", administration.all_sessions, name="all-sessions"),
    path(
        "administration/sessions/<int:user_pk>/<slug:digest>/end/",
        administration.session_end_any,
        name="session-end-any",
    ),
    path("administration/tokens/", administration.all_tokens, name="all-tokens"),
    path(
        "administration/tokens/<int:pk>/revoke/",
        administration.token_revoke_any,
        name="token-revoke-any",
    ),
    path("administration/jobs/", jobs.job_list, name="job-list"),
    path("administration/jobs/<int:pk>/retry/", jobs.job_retry, name="job-retry"),
    path("administration/jobs/<int:pk>/give-up/", jobs.job_give_up, name="job-give-up"),
    path("administration/audit/", audit.audit_list, name="audit-list"),
    path("administration/audit/verify/", audit.audit_verify, name="audit-verify"),
]
