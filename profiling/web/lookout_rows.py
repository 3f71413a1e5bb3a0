"""Hits as pages show them: what was met, where, and what came of it. All of it through `profiling.lookouts.seeing`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest

from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from pcu.desk.units import current_unit
from profiling.cases.models import Case, CaseConsignment, CaseVisit, Outcome
from profiling.lookouts.choices import Action
from profiling.lookouts.models import LookoutHit
from profiling.lookouts.seeing import SeenHit, hits_in, notices_of, see, seen_hits
from profiling.web.people import person

MOST_NOTICES = 99
HIT_RELATED = ("lookout__unit", "lookout__created_by", "consignment__call", "visit__call", "unit", "seen_by")
TONES = {Action.MUST_EXAMINE: "tg-bad", Action.OPEN_CASE: "tg-warn", Action.SILENT: "tg-acc"}


@dataclass(frozen=True, slots=True)
class HitRow:
    """A hit with the newest case of its cargo, and what examinations of that case came to."""

    seen: SeenHit
    case: Case | None
    outcomes: Sequence[Outcome]

    @property
    def hit(self) -> LookoutHit:
        return self.seen.hit


def hit_rows(hits: Sequence[LookoutHit], user: User) -> list[HitRow]:
    """Rows in the given order; `HIT_RELATED` must have been selected with the hits. A fixed number of queries."""
    seen = see(hits, user)
    cases = _newest_cases(hits, user)
    outcomes: dict[int, list[Outcome]] = {}
    found = Outcome.objects.visible_to(user).filter(case__in={case.pk for case in cases.values()}).standing()
    for outcome in found.order_by("pk"):
        outcomes.setdefault(outcome.case_id, []).append(outcome)
    rows = []
    for one in seen:
        case = cases.get((one.hit.consignment_id, one.hit.visit_id))
        rows.append(HitRow(one, case, outcomes.get(case.pk, []) if case else []))
    return rows


def _newest_cases(hits: Sequence[LookoutHit], user: User) -> dict[tuple[int | None, int | None], Case]:
    links: list[tuple[tuple[int | None, int | None], int]] = [
        *(
            ((subject, None), case)
            for subject, case in CaseConsignment.objects.visible_to(user)
            .filter(consignment__in={hit.consignment_id for hit in hits if hit.consignment_id})
            .values_list("consignment", "case")
        ),
        *(
            ((None, subject), case)
            for subject, case in CaseVisit.objects.visible_to(user)
            .filter(visit__in={hit.visit_id for hit in hits if hit.visit_id})
            .values_list("visit", "case")
        ),
    ]
    cases = Case.objects.select_related("recommended_lane", "decided_lane").in_bulk({case for _subject, case in links})
    return {subject: cases[case] for subject, case in sorted(links, key=lambda link: link[1])}


def hits_of_case(case: Case, user: User) -> list[SeenHit]:
    """What of the case's cargo was watched for, newest first."""
    consignments = CaseConsignment.objects.filter(case=case).values("consignment")
    visits = CaseVisit.objects.filter(case=case).values("visit")
    return seen_hits(hits_in(consignments=consignments, visits=visits, user=user), user)


def hits_by_case(cases: Sequence[Case], user: Any) -> Counter[int]:
    """How many standing hits the cargo of each case has, as far as the user is told. A fixed number of queries."""
    hits = LookoutHit.objects.visible_to(user).filter(lookout__withdrawn_at=None)
    counted: Counter[int] = Counter()
    for links, lookup in ((CaseConsignment, "consignment__lookout_hits"), (CaseVisit, "visit__lookout_hits")):
        found: QuerySet[Any, Any] = links.objects.filter(**{"case__in": cases, f"{lookup}__in": hits})
        counted.update(dict(found.order_by().values_list("case").annotate(Count(lookup))))
    return counted


def waiting_notices(request: HttpRequest) -> int:
    """How many hits of the chosen unit the person has still to look at. One query, for those who may mark them."""
    user, unit = person(request), current_unit(request)
    if unit is None or not user.scope.allows(Capability.WATCH, unit.pk):
        return 0
    return notices_of(unit, user).order_by()[:MOST_NOTICES].count()
