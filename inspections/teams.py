"""Who examines and who looks on: the team with the agency of each, and persons present who are none of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from inspections.errors import RefusedValueError
from inspections.models import Inspection, PersonPresent, TeamMember
from inspections.values import Json, flag, record, text
from pcu.accounts.models import Membership, Unit, User
from pcu.accounts.roles import GRANTS, Agency, Capability

MOST = 40
"""People in a team, and persons present."""

_ROLES = [role for role, granted in GRANTS.items() if Capability.INSPECT in granted]


class Crew:
    """The people of a unit who may examine, each with the agencies for which they do. One query, when first asked.

    Of an act, its team as well: who took part stays in it, also once they left the unit or changed their agency.
    """

    def __init__(self, unit: Unit, act: Inspection | None = None) -> None:
        self.unit = unit
        self.act = act

    @cached_property
    def people(self) -> Mapping[User, Sequence[Agency]]:
        held = Membership.objects.filter(
            unit__in=self.unit.ancestors_and_self(),
            role__in=_ROLES,
            user__is_active=True,
            user__kind=User.Kind.PERSON,
        )
        found: dict[User, list[Agency]] = {}
        for membership in held.select_related("user").order_by("user__last_name", "user__username", "pk"):
            agencies = found.setdefault(membership.user, [])
            if membership.agency not in agencies:
                agencies.append(Agency(membership.agency))
        for member in self.act.team.select_related("user").order_by("pk") if self.act else ():
            agencies = found.setdefault(member.user, [])
            if member.agency not in agencies:
                agencies.append(Agency(member.agency))
        return found

    @cached_property
    def by_ref(self) -> Mapping[str, User]:
        return {str(user.ref): user for user in self.people}

    def parse(self, value: Json) -> list[dict[str, Json]]:
        """A team: [{"user": ref, "agency", "leads"}], in the order of refs. Without an agency it is their first."""
        if not isinstance(value, list) or len(value) > MOST:
            raise RefusedValueError("not_a_list", _("This is no list of people."))
        one = record({"user": text(36), "agency": text(16), "leads": flag})
        team: dict[str, dict[str, Json]] = {}
        for said in value:
            told = one(said)
            user = self.by_ref.get(told["user"])
            if user is None:
                raise RefusedValueError("not_of_the_unit", _("Somebody named here does not examine in this unit."))
            agencies = self.people[user]
            told["agency"] = told["agency"] or str(agencies[0].value)
            if told["agency"] not in agencies:
                message = _("%(person)s does not serve that agency here.") % {"person": user}
                raise RefusedValueError("not_their_agency", message)
            team[told["user"]] = told
        if not team:
            raise RefusedValueError("no_team", _("Name at least one who examines."))
        if sum(told["leads"] for told in team.values()) > 1:
            raise RefusedValueError("two_leaders", _("Only one leads the team."))
        return [team[ref] for ref in sorted(team)]

    def shown(self, value: Sequence[Mapping[str, Json]]) -> str:
        return ", ".join(str(self.by_ref.get(told["user"], "–")) for told in value)


def read_team(inspection: Inspection) -> list[dict[str, Json]]:
    found = [
        {"user": str(member.user.ref), "agency": member.agency, "leads": member.leads}
        for member in inspection.team.select_related("user")
    ]
    return sorted(found, key=lambda told: str(told["user"]))


def write_team(inspection: Inspection, crew: Crew, value: Sequence[Mapping[str, Json]]) -> None:
    """Make the team what `value` says; rows that stay are left alone."""
    wanted = {crew.by_ref[told["user"]].pk: told for told in value}
    for member in inspection.team.all():
        told = wanted.pop(member.user_id, None)
        if told is None:
            member.delete()
        elif (member.agency, member.leads) != (told["agency"], told["leads"]):
            member.agency, member.leads = told["agency"], told["leads"]
            member.save()
    for user_id, told in wanted.items():
        TeamMember.objects.create(inspection=inspection, user_id=user_id, agency=told["agency"], leads=told["leads"])


def parse_present(value: Json) -> list[dict[str, Json]]:
    """Persons present: [{"name", "capacity"}]; rows without a name are left out."""
    if not isinstance(value, list) or len(value) > MOST:
        raise RefusedValueError("not_a_list", _("This is no list of people."))
    one = record({"name": text(120), "capacity": text(120)})
    return [told for told in map(one, value) if told["name"]]


def read_present(inspection: Inspection) -> list[dict[str, Json]]:
    rows = inspection.present.order_by("pk").values("name", "capacity")
    return [dict(row) for row in rows]


def write_present(inspection: Inspection, value: Sequence[Mapping[str, Any]]) -> None:
    if read_present(inspection) != list(value):
        inspection.present.all().delete()
        for told in value:
            PersonPresent.objects.create(inspection=inspection, name=told["name"], capacity=told["capacity"])


def shown_present(value: Sequence[Mapping[str, Json]]) -> str:
    return "; ".join(", ".join(part for part in (told["name"], told["capacity"]) if part) for told in value) or "–"
