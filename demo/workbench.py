"""Rules as they are written in Kazakhstan: one retired, one in shadow, one to approve, one being written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from pcu.accounts.models import Unit, User
from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.rules import drafts, life, proposals, releases
from profiling.rules.models import Rule
from profiling.rules.shadowing import SCORE

WRITER, CHECKER = "analyst_kz", "supervisor"
SHADOW_SINCE = timedelta(days=6)
RETIRED = "R-010"

NIGHT: dict[str, Any] = {
    "code": "R-101",
    "owner": "А. Сарсенова",
    "titles": {"en": "Heavy cartons of a little known firm", "ru": "Тяжёлые коробки малоизвестной фирмы"},
    "shorts": {"en": "Heavy cartons, new firm", "ru": "Тяжёлые коробки, новичок"},
    "reasons": {
        "en": "{kg_per_package} kg a package; the consignee has had {consignee_consignments_24m} consignments.",
        "ru": "{kg_per_package} кг на место; партий у получателя: {consignee_consignments_24m}.",
    },
    "condition": {
        "all": [
            {"lhs": "kg_per_package", "op": "gt", "value": 40},
            {"lhs": "consignee_consignments_24m", "op": "lt", "value": 5},
        ]
    },
    "points": 20,
    "note": "Two finds in spring had both marks",
}
PAIR: dict[str, Any] = {
    "code": "R-102",
    "owner": "А. Сарсенова",
    "titles": {"en": "First pair with more than 20 t", "ru": "Первая сделка и больше 20 т"},
    "shorts": {"en": "First pair, over 20 t", "ru": "Первая сделка, > 20 т"},
    "reasons": {"en": "A first pair with {gross_kg} kg.", "ru": "Первая сделка, {gross_kg} кг."},
    "condition": {
        "all": [{"lhs": "pair_first_time", "op": "is_true"}, {"lhs": "gross_kg", "op": "gt", "value": 20000}]
    },
    "points": 8,
    "note": "Asked for by the morning shift",
}


def write_rules(people: dict[str, User], units: dict[str, Unit]) -> None:
    """Put a release into shadow, a proposal before the supervisor, and leave a draft that is not in order yet."""
    if WRITER not in people or Rule.objects.filter(code=NIGHT["code"]).exists():
        return
    kz, writer, checker = units["KZ"], people[WRITER], people[CHECKER]
    until = timezone.localdate() + timedelta(days=180)
    draft = drafts.start(unit=kz, user=writer, said={**NIGHT, "expires_on": until})
    proposal = drafts.propose(draft=draft, user=writer, expected_edit=draft.edit)
    proposals.approve(proposal=proposal, user=checker, why="Narrow enough")
    retired = Rule.objects.filter(unit=kz, code=RETIRED).first()
    if retired is not None:
        life.retire(rule=retired, user=checker, why="Nothing found by it in ninety days")
    release = releases.draft_release(unit=kz, user=writer, note="Heavy cartons of firms nobody knows")
    release = releases.take_version(release=release, user=writer, version=proposal.version, expected_edit=release.edit)
    release = releases.propose_release(release=release, user=writer, expected_edit=release.edit)
    releases.approve_release(release=release, user=checker)
    releases.start_shadow(release=release, user=checker)
    second = drafts.start(unit=kz, user=writer, said={**PAIR, "expires_on": until})
    drafts.propose(draft=second, user=writer, expected_edit=second.edit)
    changed = drafts.start_from(rule=proposal.version.rule, user=writer)
    drafts.save(draft=changed, user=writer, expected_edit=0, said={"points": 25, "titles": {"en": "Heavy cartons"}})


def score_in_shadow() -> int:
    """Do what waits of the scores in shadow, as a worker would. Returns how many jobs."""
    waiting = list(Job.objects.filter(kind=SCORE, state=Job.State.WAITING).values_list("pk", flat=True))
    for pk in waiting:
        jobs.run(pk)
    return len(waiting)
