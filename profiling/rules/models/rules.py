"""A rule, what its versions say, what is being written, and who approved what."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pcu.accounts.scope import node_queryset
from pcu.ids import uuid7
from pcu.words import in_language
from profiling.rules.models.nodes import Node


@pghistory.track(model_name="RuleHistory")
class Rule(Node):
    """A rule's identity. What it says is in its versions."""

    code = models.CharField(max_length=20)
    owner = models.CharField(max_length=120)
    expires_on = models.DateField()
    suspended_until = models.DateField(null=True, blank=True, help_text=_("It does not fire before that day."))
    suspended_why = models.TextField(blank=True)
    retired_on = models.DateField(null=True, blank=True, help_text=_("From that day on it is in no new release."))
    retired_why = models.TextField(blank=True)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        constraints = [models.UniqueConstraint(fields=["unit", "code"], name="rule_once")]

    def __str__(self) -> str:
        return self.code


@pgtrigger.register(pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update))
class RuleVersion(models.Model):
    """What a rule says; immutable. The condition is the typed tree of rules.core.conditions.

    exceptions: [{"condition": tree, "until": "YYYY-MM-DD" or null, "note": text}]; while one of them is TRUE the rule
    does not fire.
    """

    rule = models.ForeignKey(Rule, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    titles = models.JSONField(help_text=_("By language."))
    shorts = models.JSONField(help_text=_("Why in three words, by language."))
    reasons = models.JSONField(help_text=_("A sentence with {indicator} places, by language."))
    condition = models.JSONField()
    exceptions = models.JSONField(default=list, blank=True)
    points = models.SmallIntegerField(validators=[MinValueValidator(-100), MaxValueValidator(100)])
    note = models.TextField(blank=True, help_text=_("What this version changes, and why."))
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = node_queryset("rule__unit").as_manager()

    class Meta:
        verbose_name = _("rule version")
        verbose_name_plural = _("rule versions")
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="rule_version_once")]

    def __str__(self) -> str:
        return f"{self.rule.code} v{self.number}"

    @property
    def title(self) -> str:
        return in_language(self.titles)

    @property
    def short(self) -> str:
        return in_language(self.shorts)

    @property
    def reason(self) -> str:
        return in_language(self.reasons)


@pghistory.track(model_name="RuleDraftHistory")
class RuleDraft(Node):
    """A rule being written: a new one (`rule` is None) or the next version of one. May be wrong while it is written.

    edit: counts the savings, so that two people never overwrite each other. closed_at: when it was proposed or thrown
    away; version: what it became. An open draft is in nobody's release.
    """

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    rule = models.ForeignKey(Rule, models.PROTECT, null=True, blank=True, related_name="drafts")
    base = models.ForeignKey(RuleVersion, models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=20, blank=True)
    owner = models.CharField(max_length=120, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    titles = models.JSONField(default=dict, help_text=_("By language."))
    shorts = models.JSONField(default=dict, help_text=_("Why in three words, by language."))
    reasons = models.JSONField(default=dict, help_text=_("A sentence with {indicator} places, by language."))
    condition = models.JSONField(default=dict)
    exceptions = models.JSONField(default=list, blank=True)
    points = models.SmallIntegerField(default=10)
    note = models.TextField(blank=True)
    edit = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.OneToOneField(RuleVersion, models.PROTECT, null=True, blank=True, related_name="draft")

    class Meta:
        verbose_name = _("rule being written")
        verbose_name_plural = _("rules being written")
        indexes = [models.Index(fields=["unit", "closed_at", "-updated_at"], name="rule_draft_open")]

    def __str__(self) -> str:
        return self.code or str(self.ref)

    @property
    def title(self) -> str:
        return in_language(self.titles) if isinstance(self.titles, dict) else ""


@pghistory.track(model_name="ProposalHistory")
class Proposal(models.Model):
    """A version put before somebody who did not make it. verdict is "" until it is decided."""

    class Verdict(models.TextChoices):
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn by its author")

    version = models.OneToOneField(RuleVersion, models.PROTECT, related_name="proposal")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    note = models.TextField(blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    why = models.TextField(blank=True)

    objects = node_queryset("version__rule__unit").as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=["", "withdrawn"]) | ~models.Q(decided_by=models.F("made_by")),
                name="maker_never_checks_a_rule",
            ),
            models.CheckConstraint(
                condition=models.Q(verdict="", decided_at=None)
                | ~models.Q(verdict="") & models.Q(decided_at__isnull=False),
                name="proposal_decided_or_open",
            ),
        ]

    def __str__(self) -> str:
        return str(self.version)
