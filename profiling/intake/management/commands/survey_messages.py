"""`manage.py survey_messages FILE…`: what would be read from these files, without storing anything."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from profiling.cargo.sentences import problem_place, problem_sentence
from profiling.formats.survey import Survey, survey

HEADINGS = ("file", "format", "messages", "bills", "equipment", "events", "papers", "refused", "problems")


class Command(BaseCommand):
    help = "Read cargo messages and print what each holds: format, records by kind, problems. Nothing is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="FILE", help="files, or folders of files")
        parser.add_argument("--problems", type=int, default=0, metavar="N", help="print the first N problems of each")

    def handle(self, *args: Any, paths: list[Path], problems: int, **options: Any) -> None:
        surveys = []
        for path in _files(paths):
            with path.open("rb") as stream:
                surveys.append((path, survey(stream, keep=problems)))
        if not surveys:
            raise CommandError("No file was named.")
        for line in table([_row(path, found) for path, found in surveys]):
            self.stdout.write(line)
        for path, found in surveys:
            for one in found.problems:
                where = problem_place(one.position.as_json(), one.field)
                said = problem_sentence(one.code, one.params)
                self.stdout.write(f"{path.name}: {one.severity.value}: {where}: {said}")


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.iterdir() if each.is_file())
        elif path.is_file():
            yield path
        else:
            raise CommandError(f"There is no file {path}.")


def _row(path: Path, found: Survey) -> tuple[str, ...]:
    counts = (found.messages, found.consignments, found.equipment, found.movements, found.documents, found.refused)
    return (path.name, found.source_format or "not known", *map(str, counts), _told(found))


def _told(found: Survey) -> str:
    """The codes of what was told, each with how often: "gross_differs 2, file_cut"; a cut file is marked so."""
    return ", ".join(f"{code} {times}" if times > 1 else code for code, times in found.codes.most_common()) or "none"


def table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """A table in Markdown, its columns lined up."""
    widths = [max(len(row[place]) for row in [HEADINGS, *rows]) for place in range(len(HEADINGS))]
    for row in (HEADINGS, tuple("-" * width for width in widths), *rows):
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
