"""What a seizure still lacks before its act is submitted, and what may follow later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from inspections.choices import PhotoKind
from inspections.custody import is_open
from inspections.models import Handover, Sample, Seizure

PICTURES = (PhotoKind.FINDING, PhotoKind.OPENED)


@dataclass(frozen=True, slots=True)
class Point:
    """One thing asked for. state: "done", "open" (stands in the way) or "later" (may follow)."""

    name: str
    state: str
    text: str


def points(seizure: Seizure, chain: Sequence[Handover], samples: Iterable[Sample]) -> list[Point]:
    """Custody, photographs, laboratory."""
    return [_custody(chain), _pictures(seizure), *_laboratory(samples)]


def _custody(chain: Sequence[Handover]) -> Point:
    if not chain:
        return Point("custody", "later", _("Not handed over yet"))
    if is_open(chain[-1]):
        return Point("custody", "open", _("Hand-over %(number)d waits for a signature") % {"number": chain[-1].number})
    return Point("custody", "done", _("Hand-overs are signed by both sides"))


def _pictures(seizure: Seizure) -> Point:
    if seizure.inspection.photos.filter(kind__in=PICTURES, removed_at=None).exists():
        return Point("pictures", "done", _("Photographs of the find are in the act"))
    return Point("pictures", "open", _("No photograph of the find is in the act"))


def _laboratory(samples: Iterable[Sample]) -> list[Point]:
    verdicts = [sample.verdict for sample in samples]
    if not verdicts:
        return []
    if all(verdicts):
        return [Point("laboratory", "done", _("The laboratory has answered"))]
    return [Point("laboratory", "later", _("The result of the laboratory may follow later"))]
