"""Persons, companies and routes tied to a seizure. Names of persons are for those who work on it and who audit it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from inspections.acts import require_editable
from inspections.errors import InvalidActError
from inspections.models import InspectionLine, Link, Seizure
from inspections.seizing import count_row, locked_seizure
from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from pcu.desk import once
from profiling.cargo.models import PartyMention
from profiling.parties.models import Party

LENGTHS = {"name": 350, "part": 80, "identifier": 80, "note": 2000}


def may_read_names(user: User, unit_id: int) -> bool:
    """Whether the names of persons tied to the seizures of a unit are for this user."""
    return user.scope.allows(Capability.READ_NAMES, unit_id)


def readable(content: Mapping[str, Any], user: User, unit_id: int) -> dict[str, Any]:
    """The content of a report (see `reports`) as a user may read it: without the persons tied to its seizures, if the
    names are not for this user."""
    if may_read_names(user, unit_id):
        return dict(content)
    return {
        **content,
        "seizures": [{**one, "links": [_withheld(link) for link in one["links"]]} for one in content["seizures"]],
    }


def _withheld(link: dict[str, Any]) -> dict[str, Any]:
    is_person = link["kind"] == Link.Kind.PERSON
    return {**link, "name": "", "identifier": "", "note": "", "party": None} if is_person else link


@dataclass(frozen=True, slots=True)
class Shown:
    """A link as one user may read it. `is_withheld`: a person whose name and identifier are kept back."""

    ref: str
    kind: str
    kind_label: str
    name: str
    part: str
    identifier: str
    note: str
    party: str
    is_withheld: bool


def shown(links: Sequence[Link], user: User, unit_id: int) -> list[Shown]:
    """Links as a user may read them; of a person only the part played is told to everybody."""
    reads_names = may_read_names(user, unit_id)
    found = []
    for link in links:
        hides = link.kind == Link.Kind.PERSON and not reads_names
        found.append(
            Shown(
                ref=str(link.ref),
                kind=link.kind,
                kind_label=str(link.get_kind_display()),
                name="" if hides else link.name,
                part=link.part,
                identifier="" if hides else link.identifier,
                note="" if hides else link.note,
                party=str(link.party.ref) if link.party and not hides else "",
                is_withheld=hides,
            )
        )
    return found


def mentioned(line: InspectionLine, user: User) -> list[PartyMention]:
    """Parties that the papers of the equipment name by now, each name once in a role; a link may be taken from one."""
    rows = (
        PartyMention.objects.visible_to(user)
        .filter(version__consignment__current=F("version"))
        .filter(version__loadings__visit=line.visit_id)
        .select_related("party")
        .order_by("version__consignment_id", "pk")
        .distinct()
    )
    found: dict[tuple[str, str], PartyMention] = {}
    for mention in rows:
        found.setdefault((mention.role, mention.name), mention)
    return list(found.values())


@transaction.atomic
def add_link(
    *,
    seizure: Seizure,
    user: User,
    kind: str,
    name: str,
    part: str = "",
    identifier: str = "",
    note: str = "",
    party: Party | None = None,
    form_key: str = "",
) -> Link:
    """Tie a person, a company or a route. form_key: of the form or call; the same with the same words is the same link.

    Raises InvalidActError, NotEditableError, PermissionDenied.
    """
    inspection, fresh = locked_seizure(seizure)
    require_editable(inspection, user)
    told = {"name": name, "part": part, "identifier": identifier, "note": note}
    told = {field: text.replace("\0", "").strip() for field, text in told.items()}
    errors = {
        field: _("At most %(count)d characters.") % {"count": limit}
        for field, limit in LENGTHS.items()
        if len(told[field]) > limit
    }
    if kind not in Link.Kind.values:
        errors["kind"] = _("Choose one from the list.")
    if not told["name"]:
        errors["name"] = _("Write the name, or the route from – to.")
    if party is not None and party.unit_id != fresh.unit_id:
        errors["party"] = _("This firm is not known in the unit.")
    if errors:
        raise InvalidActError(errors)
    digest = once.digest_of(form_key, user.pk, fresh, kind, told, party)
    before: Link | None = once.made_before(fresh.links.all(), digest)
    if before is not None:
        return before
    link = Link.objects.create(seizure=fresh, kind=kind, party=party, once=digest, **told)
    count_row(inspection, fresh)
    return link


@transaction.atomic
def remove_link(*, link: Link, user: User) -> None:
    """Untie; the history keeps it. Raises NotEditableError, PermissionDenied."""
    inspection, fresh = locked_seizure(link.seizure)
    require_editable(inspection, user)
    Link.objects.filter(pk=link.pk, seizure=fresh).delete()
    count_row(inspection, fresh)
