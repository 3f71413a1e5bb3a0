"""The figures counted naively, row by row, from what is stored; it shares no code with the queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from django.utils import timezone

from inspections.models import Sample
from inspections.statistics.question import Group, Question
from profiling.cargo.models import EquipmentVisit
from profiling.cases.models import Case
from profiling.rules.models import Assessment


def local_day(moment: datetime, unit: Any) -> date:
    return moment.astimezone(unit.zone).date()


def codes(assessment: Assessment) -> set[str]:
    return {fired["code"] for fired in assessment.fired}


def mode_of(assessment: Assessment) -> str:
    return assessment.version.consignment.call.mode if assessment.version else assessment.visit.call.mode


def own_latest(case: Case) -> list[Any]:
    """Of our own and not superseded; a find that the laboratory denies was examined all the same."""
    rows = list(case.outcomes.all())
    replaced = {row.supersedes_id for row in rows}
    return [row for row in rows if row.pk not in replaced and row.source in ("own_inspection", "other_agency")]


def is_find(row: Any) -> bool:
    return bool(row.result == "found" and row.status != "withdrawn")


def approved(case: Case) -> list[Any]:
    """What the last approved report of each examination says."""
    found = []
    for act in case.inspections.all():
        passed = [one for one in act.reports.all() if hasattr(one, "review") and one.review.verdict == "approved"]
        if passed:
            found.append(max(passed, key=lambda report: report.number).content)
    return found


def seizures_that_count(case: Case) -> list[dict[str, Any]]:
    finds = [row for row in own_latest(case) if is_find(row)]
    places = {str(find.visit.ref) if find.visit else None for find in finds}
    return [
        told
        for content in approved(case)
        for told in content["seizures"]
        if places & {None, told["visit"]}
        and set(Sample.objects.filter(seizure__ref=told["ref"]).values_list("verdict", flat=True)) != {"denies"}
    ]


def in_period(day: date, question: Question) -> bool:
    return question.since <= day <= question.until


def first_assessments(question: Question) -> list[Assessment]:
    """The first assessment of every consignment and piece of equipment, where it falls into the question."""
    first: dict[Any, Assessment] = {}
    for assessment in Assessment.objects.order_by("created_at", "pk"):
        of = ("bill", assessment.version.consignment_id) if assessment.version else ("box", assessment.visit_id)
        first.setdefault(of, assessment)
    return [
        assessment
        for assessment in first.values()
        if assessment.unit in question.units
        and in_period(local_day(assessment.created_at, assessment.unit), question)
        and question.mode in ("", mode_of(assessment))
        and (not question.rule or question.rule in codes(assessment))
    ]


def cases_of(question: Question) -> tuple[list[Case], list[Case]]:
    """Those that count, and those of the random sample, which a rule does not narrow."""
    counted, drawn = [], []
    for case in Case.objects.order_by("pk"):
        if case.unit not in question.units or not in_period(local_day(case.opened_at, case.unit), question):
            continue
        if question.mode and mode_of(case.assessment) != question.mode:
            continue
        if case.origin == "sample":
            drawn.append(case)
            if not question.rule:
                counted.append(case)
        elif not question.rule or question.rule in codes(case.decided_assessment or case.assessment):
            counted.append(case)
    return counted, drawn


def is_examined(case: Case) -> bool:
    return bool(own_latest(case))


def is_found(case: Case) -> bool:
    return any(is_find(row) for row in own_latest(case))


def is_selected(assessment: Assessment) -> bool:
    if assessment.version:
        return assessment.version.consignment.cases.exists()
    return bool(assessment.visit.cases.exists())


def tally(cases: list[Case], drawn: list[Case], profiled: list[Assessment]) -> dict[str, int]:
    ruled = [case for case in cases if case.origin != "sample"]
    return {
        "profiled": len(profiled),
        "of_those_selected": sum(map(is_selected, profiled)),
        "selected": len(cases),
        "drawn": sum(case.origin == "sample" for case in cases),
        "examined": sum(map(is_examined, cases)),
        "found": sum(map(is_found, cases)),
        "seized": sum(bool(seizures_that_count(case)) for case in cases),
        "no_examination": sum(case.state == "closed" and case.disposition == "no_examination" for case in cases),
        "open": sum(case.state != "closed" for case in cases),
        "late": sum(case.state != "closed" and case.due_at < timezone.now() for case in cases),
        "ruled_examined": sum(map(is_examined, ruled)),
        "ruled_found": sum(map(is_found, ruled)),
        "drawn_examined": sum(map(is_examined, drawn)),
        "drawn_found": sum(map(is_found, drawn)),
    }


def step_of(day: date, group: Group) -> str:
    if group is Group.WEEK:
        day -= timedelta(days=day.weekday())
    elif group is Group.MONTH:
        day = day.replace(day=1)
    return day.isoformat()


def keys(group: Group, unit: Any, moment: datetime, mode: str, fired: set[str]) -> set[str]:
    match group:
        case Group.UNIT:
            return {str(unit.pk)}
        case Group.MODE:
            return {mode}
        case Group.RULE:
            return fired
        case _:
            return {step_of(local_day(moment, unit), group)}


def tallies(question: Question, group: Group) -> dict[str, dict[str, int]]:
    counted, drawn = cases_of(question)
    if group is Group.RULE:
        counted = [case for case in counted if case.origin != "sample"]
        drawn = []
    sorted_cases: dict[str, tuple[list[Case], list[Case], list[Assessment]]] = defaultdict(lambda: ([], [], []))
    for place, cases in enumerate((counted, drawn)):
        for case in cases:
            fired = codes(case.decided_assessment or case.assessment)
            for key in keys(group, case.unit, case.opened_at, mode_of(case.assessment), fired):
                sorted_cases[key][place].append(case)
    for first in first_assessments(question):
        for key in keys(group, first.unit, first.created_at, mode_of(first), codes(first)):
            sorted_cases[key][2].append(first)
    return {key: tally(*found) for key, found in sorted_cases.items()}


def containers(question: Question) -> dict[str, int]:
    counted, _drawn = cases_of(question)
    profiled: set[int] = set()
    for first in first_assessments(question):
        boxes = [loading.visit for loading in first.version.loadings.all()] if first.version else [first.visit]
        profiled |= {box.pk for box in boxes if box.kind == "container"}
    told = [row for case in counted for row in own_latest(case) if row.visit and row.visit.kind == "container"]
    return {
        "profiled": len(profiled),
        "selected": len({box.pk for case in counted for box in case.visits.all() if box.kind == "container"}),
        "examined": len({row.visit_id for row in told}),
        "found": len({row.visit_id for row in told if is_find(row)}),
    }


def methods(question: Question) -> dict[str, tuple[int, int, int]]:
    by_method: dict[str, set[int]] = defaultdict(set)
    boxes: dict[str, set[int]] = defaultdict(set)
    finds = set()
    for case in cases_of(question)[0]:
        if not is_examined(case):
            continue
        if is_found(case):
            finds.add(case.pk)
        used = [
            (method, EquipmentVisit.objects.get(ref=line["visit"]))
            for content in approved(case)
            for line in content["lines"]
            for method, said in line["methods"].items()
            if said.get("done") is True
        ]
        used += [(row.method, row.visit) for row in own_latest(case) if row.method]
        for method, visit in used:
            by_method[method].add(case.pk)
            if visit is not None and visit.kind == "container":
                boxes[method].add(visit.pk)
    return {method: (len(cases), len(cases & finds), len(boxes[method])) for method, cases in by_method.items()}


def commodities(question: Question) -> dict[str, Any]:
    """Kind to (cases found, cases seized, seizures, sums by unit, sums by currency)."""
    counted = cases_of(question)[0]
    kinds: dict[str, Any] = defaultdict(lambda: [set(), set(), 0, Counter(), Counter()])
    for case in counted:
        for row in own_latest(case):
            if is_find(row):
                kinds[row.commodity][0].add(case.pk)
        for seizure in seizures_that_count(case):
            kind = kinds[seizure["commodity"]]
            kind[1].add(case.pk)
            kind[2] += 1
            if seizure["quantity_unit"] == "amount":
                for row in seizure["facts"].get("items", ()):
                    kind[3][row["currency"]] += Decimal(str(row["amount"]))
            elif seizure["quantity"] is not None:
                kind[3][seizure["quantity_unit"]] += Decimal(seizure["quantity"])
            if seizure["value"] is not None:
                kind[4][seizure["value_currency"]] += Decimal(seizure["value"])
    return {
        kind: (len(found), len(seized), seizures, dict(quantities), dict(values))
        for kind, (found, seized, seizures, quantities, values) in kinds.items()
    }


def dispositions(question: Question) -> Counter[str]:
    counted = cases_of(question)[0]
    return Counter(case.disposition if case.state == "closed" else "open" for case in counted)


def reasons(question: Question) -> Counter[str]:
    found: Counter[str] = Counter()
    for case in cases_of(question)[0]:
        if case.state == "closed" and case.disposition == "no_examination":
            last = case.decisions.order_by("decided_at", "pk").last()
            found.update(set(last.reasons) if last else ())
    return found


def agencies(question: Question) -> dict[str, tuple[int, int, int]]:
    people: dict[str, set[str]] = defaultdict(set)
    cases: dict[str, set[int]] = defaultdict(set)
    finds = set()
    for case in filter(is_examined, cases_of(question)[0]):
        if is_found(case):
            finds.add(case.pk)
        for content in approved(case):
            for member in content["team"]:
                people[member["agency"]].add(member["user"])
                cases[member["agency"]].add(case.pk)
    return {agency: (len(people[agency]), len(of), len(of & finds)) for agency, of in cases.items()}


def waited(question: Question) -> tuple[int, timedelta | None]:
    """How many, and the median."""
    lengths = []
    for case in cases_of(question)[0]:
        begun = [act.started_at for act in case.inspections.all() if act.state != "dropped" and act.started_at]
        told = [
            decision.decided_at
            for decision in case.decisions.all()
            if decision.kind in ("scan", "hold_and_refer") and begun and decision.decided_at <= min(begun)
        ]
        if told:
            lengths.append((min(begun) - max(told)).total_seconds())
    return len(lengths), timedelta(seconds=median(lengths)) if lengths else None
