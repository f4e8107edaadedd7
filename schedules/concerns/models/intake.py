"""The public form: whether it is on, where other matters belong, and what came by it."""

import datetime as dt
import hmac
import uuid

from django.db import models
from django.urls import reverse

from core.crypto import blind_index
from core.states import Machine, Move

from ..enums import ConcernState
from ..rules import CODE_SHOWN, EMERGENCY_WORDS, INTRODUCTION, SUBJECT_WORDS
from .concern import Concern

ONLY = 1  # the form is one row


class PublicForm(models.Model):
    """公开表单: what residents find at /showcase/concerns/new/; off until the office switches it on."""

    is_on = models.BooleanField("开放", default=False)
    introduction = models.TextField("开头的话", max_length=500, default=INTRODUCTION)
    emergency_words = models.TextField("紧急情况的词", max_length=1000, default=EMERGENCY_WORDS)
    subject_words = models.TextField("查重用的词", max_length=1000, default=SUBJECT_WORDS)
    revision = models.PositiveIntegerField(default=1, editable=False)

    machine = Machine(
        revision="revision",
        moves={"edit": Move("修改")},
        stale="另一人刚刚改过公开表单。刚才填写的内容还在下面，请核对后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "公开表单"
        constraints = [models.CheckConstraint(condition=models.Q(pk=ONLY), name="public_form_once")]

    def __str__(self) -> str:
        return "公开表单"

    def get_absolute_url(self) -> str:
        return reverse("concerns:form-edit")


class OtherBody(models.Model):
    """A body that deals with what the zone does not, and the words by which its matters are known."""

    name = models.CharField("单位", max_length=40, unique=True)
    words = models.CharField("写到这些词时", max_length=300)
    phone = models.CharField("电话", max_length=40, blank=True)
    address = models.CharField("地址或网址", max_length=120, blank=True)
    is_used = models.BooleanField("会告诉群众", default=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    machine = Machine(
        revision="revision",
        moves={"edit": Move("修改")},
        stale="另一人刚刚改过这个单位。刚才填写的内容还在下面，请核对后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "别处办理的单位"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("concerns:body-edit", args=[self.pk])


class Filing(models.Model):
    """How a concern came by the public form: the number that its resident asks by. The code is kept
    as a keyed hash; it follows from the token of the form, so that a double click shows the same."""

    concern = models.OneToOneField(Concern, on_delete=models.CASCADE, related_name="filing")
    number = models.CharField("诉求编号", max_length=8, unique=True)
    code_hash = models.CharField(max_length=64, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    community = models.ForeignKey(
        "orgs.Organization",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="群众选的村居",
    )
    filed_at = models.DateTimeField("填写时间")

    class Meta:
        verbose_name = verbose_name_plural = "群众自填"

    def __str__(self) -> str:
        return self.number

    @property
    def is_unverified(self) -> bool:
        """Whether nobody has taken it up yet."""
        return self.concern.state == ConcernState.WAITING

    def is_fresh(self, now: dt.datetime) -> bool:
        """Whether the code may still be shown to who sends the same form once more."""
        return now - self.filed_at < CODE_SHOWN

    def opens_with(self, code: str) -> bool:
        """Whether the code belongs to it, told in the same time whatever it is."""
        return hmac.compare_digest(self.code_hash, code_hash(self.number, code))


def token_hash(token: uuid.UUID) -> str:
    """What is kept of the token of a form."""
    return blind_index(str(token), column="concerns.Filing.token")


def code_of(token: uuid.UUID) -> str:
    """The code that is told to who sent the form with this token: eight digits."""
    found = int(blind_index(str(token), column="concerns.Filing.code")[:16], 16)
    return f"{found % 10**8:08}"


def code_hash(number: str, code: str) -> str:
    """What is kept of the code of a number."""
    return blind_index(f"{number}:{code}", column="concerns.Filing.code_hash")
