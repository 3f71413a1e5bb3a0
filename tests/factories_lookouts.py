"""Lookouts and hits for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cases.watching import place_lookout
from profiling.lookouts.core.keys import Kind, key_of
from profiling.lookouts.models import Lookout, LookoutHit
from tests import factories


class LookoutFactory(DjangoModelFactory[Lookout]):
    """An active lookout: `LookoutFactory(unit=…, kind="seal", value="AF-1234")`."""

    class Meta:
        model = Lookout

    unit = factory.SubFactory(factories.UnitFactory)
    number = factory.Sequence(lambda n: f"ALT-L-2026-{n:05d}")
    kind = "container"
    value = "TEMU 618047 7"
    key = factory.LazyAttribute(lambda lookout: key_of(Kind(lookout.kind), lookout.value).text)
    country = factory.LazyAttribute(lambda lookout: key_of(Kind(lookout.kind), lookout.value).country)
    action = "open_case"
    reason = "Seen at the border twice in a week"
    handling = "restricted"
    contact = "Duty officer, 22-33"
    valid_from = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=2))
    expires_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=90))
    searched_at = factory.LazyFunction(timezone.now)
    created_by = factory.LazyAttribute(lambda lookout: factories.person(lookout.unit))
    created_at = factory.LazyFunction(timezone.now)
    updated_at = factory.LazyFunction(timezone.now)


class HitFactory(DjangoModelFactory[LookoutHit]):
    """A lookout met in a consignment of its unit."""

    class Meta:
        model = LookoutHit

    lookout = factory.SubFactory(LookoutFactory)
    unit = factory.SelfAttribute("lookout.unit")
    consignment = factory.LazyAttribute(
        lambda hit: factories.ConsignmentFactory(call__unit=hit.unit) if hit.visit is None else None
    )
    visit = None
    field = "container"
    value = factory.SelfAttribute("lookout.value")
    at = factory.LazyFunction(timezone.now)
    updated_at = factory.LazyFunction(timezone.now)


def placed(unit: Any, user: Any, kind: str = "container", value: str = "TEMU 618047 7", **said: Any) -> Lookout:
    """Place a lookout as a person does, without searching what stands."""
    said = {
        "action": "open_case",
        "reason": "Seen twice in a week",
        "handling": "restricted",
        "expires_on": timezone.localdate() + timedelta(days=30),
        **said,
    }
    return place_lookout(unit=unit, user=user, kind=kind, value=value, **said)


def search(lookout: Lookout) -> Lookout:
    """Do the jobs of a lookout, as a worker would."""
    for job in Job.objects.filter(subject=lookout.ref, state=Job.State.WAITING):
        assert jobs.run(job.pk)
    lookout.refresh_from_db()
    return lookout
