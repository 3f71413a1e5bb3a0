"""The working copy of an act brought back to what was approved, when an amendment is given up.

What goes on beside the act stays as it is: hand-overs, results of laboratories, samples taken since, what became of the
goods. Rows that came with the amendment are taken out, rows that went with it come back under their refs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model, Q

from inspections import reports, teams
from inspections.errors import SeizedSinceError
from inspections.models import (
    Inspection,
    InspectionLine,
    Link,
    ListedWord,
    Photo,
    Sample,
    SealRecord,
    Seizure,
    TeamMember,
)
from pcu.accounts.models import User
from profiling.cargo.models import Consignment, EquipmentVisit
from profiling.parties.models import Party

Told = Mapping[str, Any]

# What goes on beside the act: what became of the goods, what laboratories said.
_BESIDE = {"disposal", "verdict", "result", "reported_on"}


def require_nothing_seized_since(inspection: Inspection, content: Told) -> None:
    """Goods that were taken in the amendment are in somebody's hands: it cannot be as if they were not. Raises
    SeizedSinceError."""
    lines, seizures = ([one["ref"] for one in content[name]] for name in ("lines", "seizures"))
    since = Q(removed_at=None) & ~Q(ref__in=seizures)
    # one that was taken out again keeps the line it stood on
    found = inspection.seizures.filter(since | ~Q(line__ref__in=lines)).order_by("pk").first()
    if found is not None:
        raise SeizedSinceError(found.number)


def restore(inspection: Inspection, content: Told, *, at: datetime) -> None:
    """Make the rows of a locked act say what `content` of its approved report says; whoever calls saves the act.

    Raises SeizedSinceError.
    """
    require_nothing_seized_since(inspection, content)
    _write(inspection, content["act"], reports.ACT)
    _people(inspection, content)
    visits = {
        str(visit.ref): visit
        for visit in EquipmentVisit.objects.filter(ref__in=[line["visit"] for line in content["lines"]])
    }
    lines = {line["ref"]: _line(inspection, line, visits[line["visit"]], at=at) for line in content["lines"]}
    seals = {ref: seal for line in content["lines"] for ref, seal in _seals(lines[line["ref"]], line["seals"]).items()}
    _photos(inspection, content["photos"], lines, seals, at=at)
    inspection.lines.exclude(ref__in=lines).delete()
    inspection.left_out = {
        one["visit"]: {"equipment": one["equipment"], "why": one["why"]} for one in content["act"].get("left_out", ())
    }
    known = {str(one.ref): one for one in inspection.seizures.all()}
    words = {
        f"{word.list}:{word.code}": word for word in ListedWord.objects.filter(unit__code=inspection.unit.root_code)
    }
    for told in content["seizures"]:
        _seizure(known[told["ref"]], told, words, at=at)


def _write(row: Model, told: Told, names: Iterable[str]) -> None:
    """Values as a report keeps them, as the columns do."""
    for name in names:
        if name in told:  # a report of before a column was copied leaves it as it is
            field: Any = row._meta.get_field(name)
            setattr(row, name, field.to_python(told[name]))


def _kept(names: Iterable[str]) -> list[str]:
    return [name for name in names if name not in _BESIDE]


def _consignment(told: Told | None) -> Consignment | None:
    return Consignment.objects.filter(ref=told["ref"]).first() if told else None


def _people(inspection: Inspection, content: Told) -> None:
    members = {member["user"]: member for member in content["team"]}
    inspection.team.exclude(user__ref__in=members).delete()
    for user in User.objects.filter(ref__in=members):
        told = members[str(user.ref)]
        TeamMember.objects.update_or_create(
            inspection=inspection, user=user, defaults={"agency": told["agency"], "leads": told["leads"]}
        )
    teams.write_present(inspection, content["present"])


def _line(inspection: Inspection, told: Told, visit: EquipmentVisit, *, at: datetime) -> InspectionLine:
    # the same equipment may have been left out and added again, under another ref
    inspection.lines.filter(visit=visit).exclude(ref=told["ref"]).update(ref=told["ref"])
    found = inspection.lines.filter(visit=visit).first()
    line: InspectionLine = found or InspectionLine(inspection=inspection, visit=visit, ref=told["ref"])
    _write(line, told, reports.LINE)
    line.found_in = _consignment(told["found_in"])
    line.updated_at = at
    line.save()
    return line


def _seals(line: InspectionLine, told: Iterable[Told]) -> dict[str, SealRecord]:
    wanted = {seal["ref"]: seal for seal in told}
    line.seals.exclude(ref__in=wanted).delete()
    known = {str(seal.ref): seal for seal in line.seals.all()}
    for ref, one in wanted.items():
        seal = known.setdefault(ref, SealRecord(line=line, ref=ref))
        _write(seal, one, reports.SEAL)
        seal.save()
    return known


def _photos(
    inspection: Inspection,
    told: Iterable[Told],
    lines: Mapping[str, InspectionLine],
    seals: Mapping[str, SealRecord],
    *,
    at: datetime,
) -> None:
    wanted = {photo["ref"]: photo for photo in told}
    since = inspection.photos.exclude(ref__in=wanted)
    since.filter(removed_at=None).update(removed_at=at)
    # a line that goes takes its photographs along, and their bytes are evidence
    since.exclude(line__ref__in=lines).update(line=None)
    for photo in Photo.objects.filter(inspection=inspection, ref__in=wanted):
        one = wanted[str(photo.ref)]
        photo.line, photo.seal = lines.get(one["line"]), seals.get(one["seal"])
        photo.removed_at = None
        photo.save()


def _seizure(seizure: Seizure, told: Told, words: Mapping[str, ListedWord], *, at: datetime) -> None:
    _write(seizure, told, _kept(reports.SEIZURE))
    seizure.consignment = _consignment(told["consignment"])
    seizure.place, seizure.concealment = words.get(told["place"]), words.get(told["concealment"])
    seizure.removed_at = None
    seizure.version += 1
    seizure.updated_at = at
    seizure.save()
    seizure.detections.set([words[code] for code in told["detections"] if code in words])
    _links(seizure, told["links"])
    _samples(seizure, told["samples"])


def _links(seizure: Seizure, told: Iterable[Told]) -> None:
    wanted = {link["ref"]: link for link in told}
    seizure.links.exclude(ref__in=wanted).delete()
    known = {str(link.ref) for link in seizure.links.all()}
    for ref, one in wanted.items():
        if ref not in known:
            party = Party.objects.filter(ref=one["party"]).first() if one["party"] else None
            link = Link(seizure=seizure, ref=ref, party=party)
            _write(link, one, reports.LINK)
            link.save()


def _samples(seizure: Seizure, told: Iterable[Told]) -> None:
    """Samples that came since stay: they were taken. What a laboratory said stays with the sample it said it of."""
    known = {str(sample.ref): sample for sample in seizure.samples.all()}
    bags = {sample.bag: ref for ref, sample in known.items()}
    for one in told:
        sample = known.get(one["ref"]) or Sample(seizure=seizure, ref=one["ref"])
        if sample.verdict or bags.get(one["bag"], one["ref"]) != one["ref"]:
            continue  # answered as it is told now, or its bag is another sample's by now
        _write(sample, one, _kept(reports.SAMPLE))
        sample.save()
