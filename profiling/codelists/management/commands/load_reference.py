"""Load a code list or rates from the file its keeper publishes; without a file the tables of our own."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from profiling.codelists.services import Outcome, load
from profiling.codelists.starter import load_starter
from profiling.reference.files.rows import FileError, Kind, sentence
from profiling.reference.hs import EDITIONS

STARTER = "starter"
SHOWN = 20


class Command(BaseCommand):
    help = "Load reference data from an official file (docs/reference.md); may be run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[STARTER, *Kind], help="which table; starter: border places of the region")
        parser.add_argument("file", nargs="*", type=Path, help="one or more files, each loaded whole or not at all")
        parser.add_argument("--edition", default="", help=f"where the file does not say it (hs: {', '.join(EDITIONS)})")
        parser.add_argument("--dry-run", action="store_true", help="read and compare, keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, files = options["kind"], options["file"]
        if kind == STARTER:
            if files or options["dry_run"] or options["edition"]:
                raise CommandError("The starter tables take no file and no options.")
            self._tell("starter", load_starter(), dry_run=False)
            return
        if not files:
            raise CommandError("Name the file to load.")
        broken = 0
        for path in files:
            try:
                with path.open("rb") as stream:
                    outcome = load(
                        kind=Kind(kind),
                        stream=stream,
                        file_name=path.name,
                        edition=options["edition"],
                        dry_run=options["dry_run"],
                    )
            except FileError as error:
                broken += 1
                self.stderr.write(f"{path}: {sentence(error.code, error.params)}")
            except OSError as error:
                broken += 1
                self.stderr.write(f"{path}: {error.strerror}")
            else:
                self._tell(str(path), outcome, dry_run=options["dry_run"])
        if broken:
            raise CommandError(f"{broken} of {len(files)} files could not be loaded.")

    def _tell(self, name: str, outcome: Outcome, *, dry_run: bool) -> None:
        edition = f" {outcome.edition}" if outcome.edition else ""
        self.stdout.write(
            f"{name}: {outcome.form}{edition}: {outcome.rows} rows, {outcome.added} new, {outcome.changed} changed, "
            f"{outcome.unchanged} as before, {outcome.refused} not used"
        )
        for fault in outcome.faults[:SHOWN]:
            where = f"{fault.part}, line {fault.line}" if fault.part else f"line {fault.line}"
            received = f" ({fault.received[:80]})" if fault.received else ""
            self.stderr.write(f"  {where}: {sentence(fault.code, fault.params)}{received}")
        if outcome.refused > SHOWN:
            self.stderr.write(f"  and {outcome.refused - SHOWN} more")
        if dry_run:
            self.stdout.write("Dry run: nothing was kept.")
        elif outcome.load is None:
            self.stdout.write("This file was loaded before; nothing changed.")
