"""`manage.py learn --unit U`: propose points and conditions from what cargo came to, as a draft release."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pcu.accounts.models import Unit, User
from profiling.cases.past_results import own_results
from profiling.indicators import definitions as definitions  # registers every indicator
from profiling.indicators.catalogue import REGISTRY
from profiling.rules.core.learning import TooLittleError
from profiling.rules.core.learning_frames import records
from profiling.rules.core.learning_records import Records
from profiling.rules.learnt import draft_release, imported, in_words, learn_for, report
from profiling.rules.services import NoLiveReleaseError

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


class Command(BaseCommand):
    help = "Learn a readable score from imported history and own outcomes, as a draft release (docs/learning.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--unit", required=True, help="code of the unit, or of a node above several")
        parser.add_argument("--from", dest="since", type=date.fromisoformat, help="first day, YYYY-MM-DD")
        parser.add_argument("--to", dest="until", type=date.fromisoformat, help="last day, YYYY-MM-DD; today")
        parser.add_argument(
            "--hold-back", type=float, default=0.25, help="latest share that it is judged on, 0.05 to 0.5"
        )
        parser.add_argument("--user", help="who proposes what was learnt; somebody else approves it")
        parser.add_argument("--dry-run", action="store_true", help="report only, make no release")

    def handle(self, *args: Any, **options: Any) -> None:
        unit = Unit.objects.filter(code=options["unit"]).first()
        if unit is None:
            raise CommandError(f"There is no unit {options['unit']}.")
        user = User.objects.filter(username=options["user"] or "").first()
        if user is None and not options["dry_run"]:
            raise CommandError("--user names who proposes what is learnt; --dry-run makes nothing.")
        if not 0.05 <= options["hold_back"] <= 0.5:
            raise CommandError("--hold-back is a share between 0.05 and 0.5.")
        since = _moment(unit, options["since"]) if options["since"] else EARLIEST
        until = _moment(unit, options["until"], end=True) if options["until"] else timezone.now()
        if since >= until:
            raise CommandError("--from lies after --to.")
        own, step = own_results(unit=unit, since=since, until=until)
        past = records(chain(imported(unit=unit, since=since, until=until), own), REGISTRY.specs())
        if step > 1:
            self.stdout.write(f"Of the never inspected one in {step} was read.")
        cut = _cut(past, options["hold_back"])
        if cut is None:
            raise CommandError(f"There is no past of {unit.code} in this period: import some, or wait for outcomes.")
        try:
            learning = learn_for(unit=unit, records=past, cut=cut, until=until)
        except (TooLittleError, NoLiveReleaseError) as error:
            raise CommandError(str(error)) from error
        for line in report(learning):
            self.stdout.write(line)
        for one in learning.learnt.proposed:
            self.stdout.write(f"{one.points:+5}  {one.code or in_words(one.condition)}")
        if user is not None and not options["dry_run"]:
            try:
                release = draft_release(learning=learning, user=user)
            except PermissionDenied as error:
                raise CommandError(str(error)) from error
            self.stdout.write(
                f"Draft release {release.name} of {release.unit.code}: somebody else approves its versions, then it is "
                "proposed, or thrown away."
            )


def _moment(unit: Unit, day: date, *, end: bool = False) -> datetime:
    """Midnight at which a day of the unit begins, or ends."""
    whole = date.fromordinal(day.toordinal() + 1) if end else day
    return datetime(whole.year, whole.month, whole.day, tzinfo=unit.zone)


def _cut(past: Records, share: float) -> datetime | None:
    """The moment after which the latest share of what was inspected arrived."""
    moments = past.outcomes.filter(past.outcomes["result"] != "never")["moment"]
    if moments.is_empty():
        return None
    found: datetime = moments[int(len(moments) * (1 - share))]
    return found
