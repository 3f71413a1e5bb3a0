"""Lookouts as people keep them: preview, place, renew, withdraw; and the search of what stood before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pcu.accounts.handling import Handling
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Agency, Capability
from pcu.desk import jobs, once
from pcu.desk.models import Job
from pcu.rows import next_ids
from profiling.cargo.choices import Function
from profiling.cargo.models import Consignment, PartyMention
from profiling.cases.matching import match, read_stored
from profiling.lookouts import choices
from profiling.lookouts.core.keys import Key, Kind, key_of, name_key
from profiling.lookouts.core.watchlist import Watchlist
from profiling.lookouts.errors import InvalidLookoutError, LookoutWithdrawnError, MatchesTooMuchError
from profiling.lookouts.models import Lookout
from profiling.lookouts.previewing import Preview, look_back
from profiling.lookouts.search import met, stands
from profiling.lookouts.sentences import fault_sentence
from profiling.lookouts.services import entry_of

SEARCH = "lookout.search"
"""The kind of job that holds a lookout against what stands already."""
LONGEST = relativedelta(years=1)
AT_ONCE = 200
LENGTHS = {"source_ref": 120, "contact": 120, "value": 350}


def preview(*, unit: Unit, user: User, kind: Kind | str, value: str) -> Preview:
    """How often a lookout would have matched in the cargo of a unit and those below. Raises PermissionDenied."""
    user.scope.require(Capability.WATCH, unit.pk)
    return look_back(unit=unit, kind=Kind(kind), value=value.strip(), now=timezone.now())


def same_lookouts(*, unit: Unit, user: User, kind: Kind | str, value: str) -> list[Lookout]:
    """Active lookouts that the user may read and that watch a unit for the same already."""
    key = key_of(Kind(kind), value)
    if not key.text:
        return []
    today = timezone.localdate(timezone=unit.zone)
    visible = Lookout.objects.visible_to(user).for_unit(unit).active(today)
    return list(visible.filter(kind=kind, key=key.text).select_related("unit").order_by("expires_on", "pk")[:5])


@transaction.atomic
def place_lookout(
    *,
    unit: Unit,
    user: User,
    kind: Kind | str,
    value: str,
    action: choices.Action | str,
    reason: str,
    expires_on: date,
    source: choices.Source | str = choices.Source.OWN,
    source_ref: str = "",
    handling: Handling | str,
    agency: Agency | str = "",
    contact: str = "",
    valid_from: date | None = None,
    form_key: str = "",
) -> Lookout:
    """Watch for a value in all cargo of a unit and those below: in what comes, and in what stands already.

    The value is matched exactly, normalised as the cargo is. The search of what stands begins after the commit.
    form_key: of the form or call; the same with the same words is answered with the lookout made first.
    Raises PermissionDenied, InvalidLookoutError (messages by field), MatchesTooMuchError.
    """
    user.scope.require(Capability.WATCH, unit.pk)
    said = (kind, value, action, reason, expires_on, source, source_ref, handling, agency, contact, valid_from)
    digest = once.digest_of(form_key, user.pk, unit, *said)
    before: Lookout | None = once.made_before(Lookout.objects.all(), digest)
    if before is not None:
        return before
    now = timezone.now()
    today = timezone.localdate(now, unit.zone)
    begins = valid_from or today
    texts = {name: text.strip() for name, text in (("value", value), ("source_ref", source_ref), ("contact", contact))}
    errors = _errors(kind=kind, action=action, reason=reason, source=source, handling=handling, agency=agency, **texts)
    errors |= _date_errors(begins=begins, ends=expires_on, today=today)
    if errors:
        raise InvalidLookoutError(errors)
    looked = look_back(unit=unit, kind=Kind(kind), value=texts["value"], now=now)
    if looked.fault:
        raise MatchesTooMuchError(looked.fault, looked.count)
    key = key_of(Kind(kind), texts["value"])
    [pk] = next_ids(Lookout, 1)
    lookout: Lookout = Lookout.objects.create(
        pk=pk,
        number=f"{unit.code}-L-{today.year}-{pk:05d}",
        unit=unit,
        kind=kind,
        key=key.text,
        country=key.country,
        action=action,
        reason=reason.strip(),
        source=source,
        handling=handling,
        agency=agency,
        valid_from=begins,
        expires_on=expires_on,
        created_by=user,
        created_at=now,
        updated_at=now,
        once=digest,
        **texts,
    )
    if begins <= today:
        _enqueue(lookout)
    return lookout


@transaction.atomic
def renew(*, lookout: Lookout, user: User, expires_on: date) -> Lookout:
    """Keep watching until another day, also after it has expired; what stands is searched again.

    Raises PermissionDenied, InvalidLookoutError, LookoutWithdrawnError.
    """
    fresh = _locked(lookout, user)
    today = timezone.localdate(timezone=fresh.unit.zone)
    if errors := _date_errors(begins=fresh.valid_from, ends=expires_on, today=today):
        raise InvalidLookoutError({"expires_on": " ".join(errors.values())})
    fresh.expires_on = expires_on
    fresh.searched_at = None
    fresh.updated_at = timezone.now()
    fresh.save(update_fields=["expires_on", "searched_at", "updated_at"])
    if fresh.valid_from <= today:
        _enqueue(fresh)
    return fresh


@transaction.atomic
def withdraw(*, lookout: Lookout, user: User, reason: str) -> Lookout:
    """Watch no more; what it has met stays. Raises PermissionDenied, InvalidLookoutError, LookoutWithdrawnError."""
    fresh = _locked(lookout, user)
    if not reason.strip():
        raise InvalidLookoutError({"reason": _("Say why it is withdrawn.")})
    fresh.withdrawn_at = fresh.updated_at = timezone.now()
    fresh.withdrawn_by = user
    fresh.withdrawn_reason = reason.strip()
    fresh.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason", "updated_at"])
    return fresh


def _locked(lookout: Lookout, user: User) -> Lookout:
    fresh: Lookout = Lookout.objects.select_for_update(of=("self",)).select_related("unit").get(pk=lookout.pk)
    user.scope.require(Capability.WATCH, fresh.unit_id)
    if fresh.withdrawn_at is not None:
        raise LookoutWithdrawnError(fresh)
    return fresh


def _errors(**said: Any) -> dict[str, str]:
    """What is missing or unknown, by field."""
    errors: dict[str, str] = {}
    known: dict[str, tuple[Sequence[str], str]] = {
        "kind": (choices.Kind.values, _("Choose what to watch for.")),
        "action": (choices.Action.values, _("Choose what a hit is to do.")),
        "source": (choices.Source.values, _("Choose where it comes from.")),
        "handling": (Handling.values, _("Choose who may read on.")),
        "agency": (["", *Agency.values], _("This is no agency of the list.")),
    }
    for name, (values, message) in known.items():
        if said[name] not in values:
            errors[name] = message
    if said["kind"] in choices.Kind.values and (fault := fault_sentence(Kind(said["kind"]), said["value"])):
        errors["value"] = fault
    if not said["reason"].strip():
        errors["reason"] = _("Say why it is watched for: who meets it has to know.")
    if said["agency"] and not said["contact"]:
        errors["contact"] = _("Say whom others are to ask: they see nothing else of it.")
    for name, longest in LENGTHS.items():
        if len(said[name]) > longest:
            errors[name] = _("At most %(count)d characters.") % {"count": longest}
    return errors


def _date_errors(*, begins: date, ends: date, today: date) -> dict[str, str]:
    latest = today + LONGEST
    if ends < today:
        return {"expires_on": _("This day is over.")}
    if ends > latest:
        return {
            "expires_on": _("A lookout ends within a year, by %(day)s; it can be renewed.")
            % {"day": date_format(latest, "DATE_FORMAT")}
        }
    if begins > ends:
        return {"valid_from": _("It would end before it begins.")}
    return {}


# ---- what stands already


def _enqueue(lookout: Lookout) -> None:
    """A job to search what stands, unless one waits already. The lookout is new, or its row is locked."""
    known = Job.objects.filter(subject=lookout.ref, kind=SEARCH)
    # nobody takes it up before this commits, so it will read the lookout as it is now
    if known.filter(state=Job.State.WAITING).select_for_update().first() is not None:
        return
    jobs.add(unit=lookout.unit, subject=lookout.ref, planned=[jobs.Planned(SEARCH, 0, known.count(), {})])


def search_again(*, lookout: Lookout, user: User) -> bool:
    """Search what stands once more where the search failed. False where it had not. Raises PermissionDenied."""
    user.scope.require(Capability.WATCH, lookout.unit_id)
    return bool(jobs.retry_failed(lookout.ref))


def search_standing(lease: jobs.Lease) -> None:
    """The job: hold a lookout against the cargo that stands in its unit and those below, a part at a time.

    A chunk that was being written when the lookout was placed may not have known of it: it is waited for first.
    """
    lookout: Lookout = Lookout.objects.select_related("unit").get(ref=lease.job.subject)
    lease.outlast_writers()
    now = timezone.now()
    before = lookout.hits.count()
    watchlist = Watchlist([entry_of(lookout)])
    units = Unit.objects.filter(path__startswith=lookout.unit.path).order_by("path")
    for unit in units if lookout.is_active(now) else ():
        for consignments, visits in _standing(unit, lookout, now):
            lease.renew_if_due()
            with lease.holding():
                cargo = read_stored(unit=unit, consignment_ids=consignments, visit_ids=visits, now=now)
                match(unit=unit, watchlist=watchlist, subjects=cargo, submission=None, now=now)
    with lease.holding():
        if lookout.is_active(now):
            Lookout.objects.filter(pk=lookout.pk).update(searched_at=timezone.now())
        lease.finish({"hits": lookout.hits.count() - before})


def search_failed(job: Job) -> None:
    """The job itself says so, and the page of the lookout reads it."""


def search_what_begins() -> int:
    """Search what stands for lookouts whose first day has come. Returns how many were enqueued.

    One whose last search has failed is left to people; a failure before that holds nothing back.
    """
    now = timezone.now()
    begun = [one.pk for one in _unsearched().select_related("unit") if one.is_active(now)]
    return sum(_begin(pk, now) for pk in begun)


def _unsearched() -> QuerySet[Lookout]:
    """Lookouts that nothing has gone through for, and for which no search is on its way or has failed last."""
    searches = Job.objects.filter(subject=OuterRef("ref"), kind=SEARCH)
    last = searches.order_by("-ordinal").values("state")[:1]
    going = Exists(searches.filter(state__in=(Job.State.WAITING, Job.State.RUNNING)))
    found: QuerySet[Lookout] = Lookout.objects.filter(withdrawn_at=None, searched_at=None).annotate(last=Subquery(last))
    return found.filter(~going, Q(last=None) | Q(last=Job.State.DONE)).order_by("pk")


@transaction.atomic
def _begin(pk: int, now: datetime) -> bool:
    """Whether this call enqueued the search: whoever has the row at this moment sees to it himself."""
    lock = Lookout.objects.select_for_update(of=("self",), skip_locked=True).select_related("unit")
    lookout = lock.filter(pk=pk).first()
    if lookout is None or not lookout.is_active(now) or not _unsearched().filter(pk=pk).exists():
        return False
    _enqueue(lookout)
    return True


def _standing(unit: Unit, lookout: Lookout, now: datetime) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    """Standing cargo of one unit that the lookout may meet, in parts: consignment ids and ids of unbilled visits."""
    kind = Kind(lookout.kind)
    if kind is Kind.NAME:
        # Every spelling counts here, and there is no index by it: the names of what stands are gone through.
        for part in _parts(_named(unit, lookout.key, now)):
            yield part, ()
        return
    # Cargo told of long ago may still be at sea.
    since = now - LONGEST
    found = met(units=[unit.pk], kind=kind, key=Key(lookout.key, lookout.country), since=since, now=now)
    for part in _parts(sorted(found.standing_consignments)):
        yield part, ()
    for part in _parts(sorted(found.standing_visits)):
        yield (), part


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def _named(unit: Unit, key: str, now: datetime) -> list[int]:
    standing = (
        Consignment.objects.of_unit(unit)
        .filter(stands(call="call", told_at="updated_at", now=now))
        .exclude(current__function=Function.CANCEL)
    )
    mentions = PartyMention.objects.filter(version__in=standing.values("current"))
    rows = mentions.values_list("version__consignment", "name").iterator(chunk_size=5000)
    return sorted({consignment for consignment, name in rows if name_key(name) == key})
