"""What is found out once for several indicators, or not asked at all, changes no answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from profiling.formats.records import EquipmentKind, PartyRole
from profiling.indicators.catalogue import REGISTRY
from profiling.indicators.compute import compute, stored
from profiling.indicators.facts import SubjectKind
from profiling.indicators.history import History, PreviousVersion
from profiling.indicators.sharing import shared
from tests.indicators.subjects import BOX, CONSIGNEE, LINEN, NOTIFY, SHIPPER, past, plain_consignment

SUBJECTS = [
    plain_consignment(),
    plain_consignment(parties=(), items=(), visits=()),
    plain_consignment(parties=(NOTIFY, CONSIGNEE, SHIPPER, replace(CONSIGNEE, name="To order")), prior_versions=2),
    plain_consignment(items=(replace(LINEN, gross_kg=None), replace(LINEN, hs_code="9999", net_kg=None))),
    plain_consignment(visits=(replace(BOX, seals=()), replace(BOX, visit_id=32, kind=EquipmentKind.WAGON))),
    plain_consignment(kind=SubjectKind.VISIT, parties=(), items=(), document_type=None),
]


def test_a_look_is_taken_once_for_all_who_ask_about_the_same_and_anew_for_another() -> None:
    looked: list[list[int]] = []

    @shared
    def total(numbers: list[int]) -> int:
        looked.append(numbers)
        return sum(numbers)

    one, equal = [1, 2], [1, 2]
    assert [total(one), total(one), total(equal), total(one)] == [3, 3, 3, 3]
    assert [id(each) for each in looked] == [id(one), id(equal), id(one)]


def test_a_look_that_fails_is_not_kept() -> None:
    @shared
    def first(numbers: list[int]) -> int:
        return numbers[0]

    numbers: list[int] = []
    with pytest.raises(IndexError):
        first(numbers)
    numbers.append(5)
    assert first(numbers) == 5


@pytest.mark.parametrize("previous", [None, PreviousVersion(packages=3, consignee_id=1)], ids=["first", "amended"])
def test_all_together_answer_as_each_does_alone(previous: PreviousVersion | None) -> None:
    pasts = {f"s{number}": past(previous=previous) for number in range(len(SUBJECTS))}
    subjects = [replace(subject, key=key) for subject, key in zip(SUBJECTS, pasts, strict=True)]
    together = [computed.values for computed in compute(subjects, History(pasts))]
    alone = []
    for subject in subjects:
        # A copy each: nothing that was kept of the subject before can answer.
        raw = {code: one.compute(replace(subject), pasts[subject.key]) for code, one in REGISTRY.indicators().items()}
        specs = REGISTRY.specs()
        alone.append({code: stored(found, specs[code].type) for code, found in raw.items() if found is not None})
    assert together == alone


def test_what_needs_papers_or_an_earlier_version_is_missing_where_there_are_none() -> None:
    needing = [
        one for one in REGISTRY.indicators().values()
        if any(need.startswith(("papers.", "past.previous")) for need in one.spec.needs)
    ]  # fmt: skip
    assert len(needing) >= 10
    answers = {one.spec.code: one.compute(subject, past(previous=None)) for one in needing for subject in SUBJECTS}
    assert {code for code, answer in answers.items() if answer is not None} == set()


def test_the_first_of_several_parties_in_a_role_is_the_one_that_is_judged() -> None:
    second = replace(CONSIGNEE, name="Another")
    subject = plain_consignment(parties=(SHIPPER, CONSIGNEE, second))
    assert subject.party(PartyRole.CONSIGNEE) == CONSIGNEE
    assert subject.party(PartyRole.CARRIER) is None
