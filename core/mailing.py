"""One mail at once, to see whether mails go out at all. What the portal has to say goes by
core/notifications.py."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection


def sent_to(address: str) -> str:
    """Sends a mail to the address now; why it could not be sent, or ""."""
    mail = EmailMessage(
        subject=f"{settings.PORTAL_NAME}党建工作管理：测试邮件",
        body=f"收到这封邮件，说明提醒可以发到邮箱。\n\n{settings.PORTAL_URL}",
        to=[address],
        connection=get_connection(),
    )
    server = f"邮件服务器 {settings.EMAIL_HOST}:{settings.EMAIL_PORT} "
    try:
        mail.send()
    except smtplib.SMTPAuthenticationError:
        return f"{server}不接受账号或密码（SMTP_USER、SMTP_PASSWORD）"
    except smtplib.SMTPSenderRefused:
        return f"{server}不接受发件地址 {settings.DEFAULT_FROM_EMAIL}（MAIL_FROM）"
    except smtplib.SMTPRecipientsRefused:
        return f"{server}不接受这个收件地址"
    except smtplib.SMTPException as error:
        return f"{server}拒绝了：{type(error).__name__}"
    except OSError as error:
        return (
            f"连不上{server.strip()}（{type(error).__name__}），"
            "请核对 SMTP_HOST、SMTP_PORT、SMTP_TLS 和防火墙"
        )
    if not settings.EMAIL_HOST:
        return "没有设置邮件服务器（SMTP_HOST），邮件只写进了数据文件夹的 mail 里"
    return ""
