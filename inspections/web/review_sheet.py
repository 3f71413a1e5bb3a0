"""Everything the page of one submitted act shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from inspections import links
from inspections.choices import PhotoKind
from inspections.differences import OF_SEIZURES, Differences, Section, differences
from inspections.models import Report, Review
from inspections.outcomes import Effect, effect_of
from inspections.participation import Part, part_of
from inspections.reports import before
from inspections.reviewing import notes_of
from inspections.web.review_checks import Check, checks
from inspections.web.review_words import Group, Words
from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from profiling.cases.choices import Result
from profiling.cases.holding import standing
from profiling.cases.models import Case, Hold

TABS = ("differences", "act", "seizures", "photos")


@dataclass(frozen=True, slots=True)
class Note:
    """A note of the last return and what the author says to it; unanswered where that is empty."""

    number: int
    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class Picture:
    ref: str
    kind: str
    caption: str
    is_new: bool


class ReviewSheet:
    """One report as one person sees it. Nothing is read before it is shown."""

    def __init__(self, report: Report, user: User) -> None:
        self.report = report
        self.inspection = report.inspection
        self.case: Case = report.inspection.case
        self.user = user

    # ---- who

    @cached_property
    def review(self) -> Review | None:
        return Review.objects.filter(report=self.report).select_related("reviewed_by").first()

    @cached_property
    def is_latest(self) -> bool:
        return not Report.objects.filter(inspection=self.inspection, number__gt=self.report.number).exists()

    @cached_property
    def part(self) -> Part | None:
        return part_of(self.inspection, self.user)

    @cached_property
    def reviews(self) -> bool:
        return self.user.scope.allows(Capability.REVIEW, self.inspection.unit_id)

    @property
    def is_open(self) -> bool:
        """Whether it can still be decided by anybody."""
        return self.review is None and self.is_latest

    @property
    def may_decide(self) -> bool:
        return self.is_open and self.reviews and self.part is None

    @property
    def hides_names(self) -> bool:
        """A blind second look shows no author until it is decided, save to those who took part."""
        return self.report.blind and self.review is None and self.part is None

    # ---- what

    @cached_property
    def before(self) -> Report | None:
        """The submission that this one is held against."""
        return before(self.report)

    @cached_property
    def words(self) -> Words:
        return Words(self._readable(self.report), self.inspection.unit)

    @cached_property
    def differences(self) -> Differences:
        if self.before is None:
            return Differences()
        return differences(self._readable(self.before), self._readable(self.report))

    @property
    def changes(self) -> Sequence[Group]:
        if self.before is None:
            return ()
        return self.words.changed(self._told, Words(self._readable(self.before), self.inspection.unit))

    def _readable(self, report: Report) -> dict[str, Any]:
        return links.readable(report.content, self.user, self.inspection.unit_id)

    @property
    def change_count(self) -> int:
        return len(self._told)

    @property
    def _told(self) -> Sequence[Any]:
        hidden = {Section.TEAM} if self.hides_names else set()
        return [change for change in self.differences.changes if change.section not in hidden]

    @property
    def act(self) -> Sequence[Group]:
        hidden = OF_SEIZURES | ({Section.TEAM} if self.hides_names else set())
        return self.words.whole([section for section in Section if section not in hidden])

    @property
    def seizures(self) -> Sequence[Group]:
        return self.words.whole(OF_SEIZURES)

    @property
    def seizure_count(self) -> int:
        return len(self.report.content["seizures"])

    @property
    def photos(self) -> Sequence[Picture]:
        known = {photo["ref"] for photo in self.before.content["photos"]} if self.before else None
        return [
            Picture(
                ref=photo["ref"],
                kind=str(PhotoKind(photo["kind"]).label) if photo["kind"] in PhotoKind.values else photo["kind"],
                caption=photo["caption"],
                is_new=known is not None and photo["ref"] not in known,
            )
            for photo in self.report.content["photos"]
        ]

    @property
    def photo_count(self) -> int:
        return len(self.report.content["photos"])

    @property
    def equipment(self) -> Sequence[str]:
        return [line["equipment"] for line in self.report.content["lines"]]

    @property
    def is_found(self) -> bool:
        return any(line["result"] == Result.FOUND for line in self.report.content["lines"])

    @cached_property
    def returned(self) -> Review | None:
        """The return that this submission answers."""
        if self.before is None:
            return None
        found = Review.objects.filter(report=self.before, verdict=Review.Verdict.RETURNED)
        return found.select_related("reviewed_by").first()

    @property
    def notes(self) -> Sequence[Note]:
        return notes_beside(self.returned, self.report.answers)

    # ---- what to look at, and what follows

    @cached_property
    def holds(self) -> Sequence[Hold]:
        return list(standing(self.case))

    @cached_property
    def lifted(self) -> Hold | None:
        """The hold lifted last."""
        lifted = self.case.holds.filter(state=Hold.State.LIFTED)
        return lifted.select_related("visit").order_by("-lifted_at").first()

    @property
    def checks(self) -> Sequence[Check]:
        return checks(self.report.content, held=[hold.visit.number for hold in self.holds])

    @cached_property
    def effect(self) -> Effect:
        """What approving writes."""
        return effect_of(inspection=self.inspection, content=self.report.content)

    @property
    def is_closed(self) -> bool:
        return bool(self.case.state == Case.State.CLOSED)

    @property
    def rules(self) -> Sequence[str]:
        """The rules that are credited with a find, where approving writes one."""
        if not any(one.result == Result.FOUND and one.stands for one in self.effect.appended):
            return ()
        assessment = self.case.decided_assessment or self.case.assessment
        return [rule["code"] for rule in assessment.fired]


def notes_beside(returned: Review | None, answers: Mapping[str, str]) -> list[Note]:
    """The numbered notes of a return with the answers to them."""
    if returned is None:
        return []
    return [Note(number, text, answers.get(str(number), "")) for number, text in enumerate(notes_of(returned.note), 1)]
