"""Cases that nobody ends: open past their clock, or closed while equipment is still held."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Case as When
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, TextChoices, Value
from django.db.models import When as If
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from profiling.cases.models import Case, Hold, Referral


class Stage(TextChoices):
    """How far an open case has come; of a referred one, whether anybody has begun."""

    OPEN = "open", _("not decided")
    DOCUMENTS = "documents", _("waiting for documents")
    REFERRED = "referred", _("referred, nobody has begun")
    EXAMINED = "examined", _("being examined")


def overdue(cases: QuerySet[Any], now: datetime | None = None) -> QuerySet[Any]:
    """Of these cases those not closed whose time is over."""
    return cases.filter(due_at__lt=now or timezone.now()).exclude(state=Case.State.CLOSED)


def closed_and_held(cases: QuerySet[Any]) -> QuerySet[Any]:
    """Of these cases those closed while a hold still stands."""
    standing = Hold.objects.filter(case=OuterRef("pk")).exclude(state=Hold.State.LIFTED)
    return cases.filter(Exists(standing), state=Case.State.CLOSED)


def with_stage(cases: QuerySet[Any]) -> QuerySet[Any]:
    """Each with `stage`, a Stage."""
    taken = Referral.objects.filter(case=OuterRef("pk"), state=Referral.State.TAKEN)
    stages = When(
        If(Exists(taken), then=Value(Stage.EXAMINED.value)),
        If(Q(state=Case.State.REFERRED), then=Value(Stage.REFERRED.value)),
        If(Q(state=Case.State.DOCUMENTS), then=Value(Stage.DOCUMENTS.value)),
        default=Value(Stage.OPEN.value),
        output_field=CharField(),
    )
    staged: QuerySet[Any] = cases.annotate(stage=stages)
    return staged
