"""`manage.py rulebook export --unit KZ DIR` and `import --unit KZ --user NAME DIR`: rules as files for review."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pcu.accounts.models import Unit, User
from profiling.rules import rulebook
from profiling.rules.models import Release
from profiling.rules.services import NoLiveReleaseError, live_release


class Command(BaseCommand):
    help = "Write the rules of a release into a folder, or make drafts of the rules in one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["export", "import"])
        parser.add_argument("folder", type=Path)
        parser.add_argument("--unit", required=True, help="Code of the node of the unit tree.")
        parser.add_argument("--release", help="Name of the release to export; the live one where left out.")
        parser.add_argument("--user", help="Name of the account that the drafts are made by.")

    def handle(self, *args: Any, **options: Any) -> None:
        unit = Unit.objects.filter(code=options["unit"]).first()
        if unit is None:
            raise CommandError(_("There is no unit %(code)s.") % {"code": options["unit"]})
        if options["act"] == "export":
            self.export(unit, options)
        else:
            self.take(unit, options)

    def export(self, unit: Unit, options: dict[str, Any]) -> None:
        try:
            if options["release"]:
                release = Release.objects.get(unit=unit, name=options["release"])
            else:
                release = live_release(unit)
        except (Release.DoesNotExist, NoLiveReleaseError) as error:
            raise CommandError(str(error)) from None
        names = rulebook.export_release(release, options["folder"])
        self.stdout.write(_("%(release)s: %(number)d files.") % {"release": release.name, "number": len(names)})

    def take(self, unit: Unit, options: dict[str, Any]) -> None:
        user = User.objects.filter(username=options["user"] or "").first()
        if user is None:
            raise CommandError(_("Say by --user which account makes the drafts."))
        if not options["folder"].is_dir():
            raise CommandError(_("There is no folder %(name)s.") % {"name": options["folder"]})
        try:
            taken = rulebook.import_folder(unit=unit, user=user, folder=options["folder"])
        except (rulebook.InvalidRulebookError, PermissionDenied) as error:
            raise CommandError(str(error)) from None
        for one in taken:
            told = _("draft") if one.draft else _("unchanged")
            self.stdout.write(f"{one.code}: {told}")
