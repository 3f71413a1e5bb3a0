"""Lists that rules share by name: headings, countries, words, firms. A version never changes."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from pcu.accounts.scope import node_queryset
from pcu.ids import uuid7
from pcu.words import in_language
from profiling.rules.models.nodes import Node


@pghistory.track(model_name="NamedListHistory")
class NamedList(Node):
    """A list's identity. Rules of its node and of the nodes below name it by its code."""

    class Kind(models.TextChoices):
        """What its entries are, and with that which indicators may be held against it."""

        HS = "hs", _("commodity codes")
        COUNTRY = "country", _("countries")
        WORD = "word", _("words and phrases")
        PARTY = "party", _("firms")
        CODE = "code", _("other codes")

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    code = models.SlugField(max_length=40)
    kind = models.CharField(max_length=8, choices=Kind)
    titles = models.JSONField(help_text=_("By language."))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("named list")
        verbose_name_plural = _("named lists")
        constraints = [models.UniqueConstraint(fields=["unit", "code"], name="named_list_once")]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        return in_language(self.titles)


class NamedListVersion(models.Model):
    """What a list held from some moment on. entries: texts, as written; includes: codes of lists taken in whole."""

    named_list = models.ForeignKey(NamedList, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    entries = models.JSONField(default=list)
    includes = models.JSONField(default=list)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = node_queryset("named_list__unit").as_manager()

    class Meta:
        verbose_name = _("version of a named list")
        verbose_name_plural = _("versions of named lists")
        constraints = [models.UniqueConstraint(fields=["named_list", "number"], name="named_list_version_once")]

    def __str__(self) -> str:
        return f"{self.named_list.code} v{self.number}"
