"""`manage.py import_history FILE --unit U --mapping MAP.yaml`: past consignments with what came of them."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from pcu.accounts.models import Unit
from profiling.rules.core.history_file import HeadingsError
from profiling.rules.core.history_mapping import PROBLEMS, InvalidMappingError
from profiling.rules.past_imports import AlreadyImportedError, RowsRefusedError, import_history

SHOWN = 20


class Command(BaseCommand):
    help = "Read a table of past consignments with their outcomes (docs/learning.md shows the mapping)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file with a line of headings")
        parser.add_argument("--unit", required=True, help="code of the unit")
        parser.add_argument("--mapping", type=Path, required=True, help="a YAML file: which column is what")
        parser.add_argument("--strict", action="store_true", help="keep nothing where a row is refused")
        parser.add_argument("--problems", type=int, default=SHOWN, metavar="N", help="print the first N refused rows")

    def handle(self, *args: Any, file: Path, mapping: Path, problems: int, **options: Any) -> None:
        unit = Unit.objects.filter(code=options["unit"]).first()
        if unit is None:
            raise CommandError(f"There is no unit {options['unit']}.")
        try:
            said = yaml.safe_load(mapping.read_text(encoding="utf-8"))
            with file.open("rb") as stream:
                source = import_history(
                    unit=unit, stream=stream, name=file.name, mapping=said, strict=options["strict"]
                )
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise CommandError(f"{mapping}: {sentence('mapping_yaml', {'error': error})}") from error
        except InvalidMappingError as error:
            for fault in error.faults:
                self.stderr.write(f"{mapping}: {fault.path or '/'}: {sentence(fault.code, fault.params)}")
            raise CommandError(f"{mapping} is no mapping that can be used.") from error
        except HeadingsError as error:
            code = "columns_missing" if error.missing else "headings_missing"
            raise CommandError(f"{file}: {sentence(code, {'columns': ', '.join(error.missing)})}") from error
        except AlreadyImportedError as error:
            raise CommandError(f"{file}: {sentence('already_imported', {'name': error.before.name})}") from error
        except RowsRefusedError as error:
            self._tell(file, [fault.as_json() for fault in error.faults], problems)
            said = {"refused": error.refused, "rows": error.rows}
            raise CommandError(f"{file}: {sentence('rows_refused', said)}") from error
        self._tell(file, source.problems, problems)
        self.stdout.write(f"{file}: {source.accepted} rows kept, {source.refused} refused.")

    def _tell(self, file: Path, faults: list[dict[str, Any]], limit: int) -> None:
        for fault in faults[:limit]:
            place = f"row {fault['row']}" + (f", {fault['column']}" if fault["column"] else "")
            self.stderr.write(f"{file}: {place}: {sentence(fault['code'], fault['params'])}")


def sentence(code: str, params: Any) -> str:
    """A problem in the language of the moment."""
    return gettext(PROBLEMS[code]).format(**params)
