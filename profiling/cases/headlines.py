"""What the queue shows of cargo, from its facts."""

from __future__ import annotations

from profiling.cargo.models import ConveyanceCall
from profiling.cases.opening import Headline
from profiling.formats.records import PartyRole
from profiling.indicators.facts import SubjectFacts


def headline_of(facts: SubjectFacts, call: ConveyanceCall) -> Headline:
    consignee = facts.party(PartyRole.CONSIGNEE)
    return Headline(
        equipment_number=facts.visits[0].number if facts.visits else "",
        equipment_count=len(facts.visits),
        consignee=consignee.name if consignee else "",
        goods="; ".join(item.description for item in facts.items if item.description)[:350],
        conveyance=call.label,
    )
