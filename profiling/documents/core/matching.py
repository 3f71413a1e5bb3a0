"""Which consignment a document belongs to: explicit rules in an order, the first that finds exactly one decides.

A rule that finds several decides nothing and lets no weaker rule guess: the document stays unmatched, and those it
could belong to are listed with the rule that names them. Numbers are compared as `plain_code` writes them. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from profiling.formats.records import Document, DocumentKind, DocumentType
from profiling.parties.core.identity import plain_code
from profiling.reference import iso6346

BEFORE: Final = timedelta(days=120)
"""A document is made so long before the conveyance comes, at most: a voyage and what goes before it."""
AFTER: Final = timedelta(days=45)
"""And so long after it: declared late, weighed at the end of a stay."""
DECLARATIONS: Final = frozenset({"ABT", "ABE", "929", "930", "MRN", "DECLARATION", "CUSTOMS_DECLARATION"})
"""Kinds of a reference that are a customs declaration (UNTDID 1153 and 1001, and words of our own format)."""
CARNETS: Final = frozenset({"TIR", "CARNET", "TIR_CARNET", "950", "952"})


class Rule(StrEnum):
    """Why a document belongs to a consignment, the strongest first; `MANUAL`: a person said so."""

    DOCUMENT_NO = "document_no"
    MASTER_NO = "master_no"
    UCR = "ucr"
    DECLARATION = "declaration"
    CARNET = "carnet"
    REFERENCE = "reference"
    CONTAINER = "container"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a document says of where it belongs; numbers plain.

    transport: numbers of transport documents it names or has itself. own: its own number. references: of other papers
    it names. at: when it was issued, else when it came.
    """

    kind: DocumentKind
    own: str = ""
    transport: frozenset[str] = frozenset()
    ucr: str = ""
    containers: frozenset[str] = frozenset()
    references: frozenset[tuple[str, str]] = frozenset()
    at: datetime | None = None

    @property
    def numbers(self) -> frozenset[str]:
        """Every number it could be found by, but for containers."""
        found = {self.own, self.ucr, *self.transport, *(number for _kind, number in self.references)}
        return frozenset(found - {""})

    @property
    def names(self) -> frozenset[str]:
        """Everything it could be found by: a consignment that shares none of it fits by no rule."""
        return self.numbers | self.containers


@dataclass(frozen=True, slots=True)
class Known:
    """A consignment as far as a document may be matched with it; numbers plain.

    at: when its conveyance is due, else when it was first told of. references: (kind, number) of papers it names.
    """

    consignment: int
    document_no: str
    document_type: DocumentType
    master_no: str = ""
    ucr: str = ""
    containers: frozenset[str] = frozenset()
    references: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    at: datetime | None = None

    @property
    def names(self) -> frozenset[str]:
        """Every number and container it could be found by."""
        own = {self.document_no, self.master_no, self.ucr, *(number for _kind, number in self.references)}
        return frozenset(own - {""}) | self.containers


@dataclass(frozen=True, slots=True)
class Candidate:
    consignment: int
    rule: Rule


@dataclass(frozen=True, slots=True)
class Outcome:
    """The match, or without one what it could be: candidates of the strongest rule that named any, newest first."""

    match: Candidate | None = None
    candidates: tuple[Candidate, ...] = ()


_TRANSPORT_PAPERS: Final = frozenset({DocumentKind.BILL, DocumentKind.WAYBILL})


def asked_of(document: Document, received_at: datetime) -> Asked:
    """What a document says of where it belongs."""
    own = plain_code(document.number)
    transport = {plain_code(number) for number in document.consignments}
    if document.kind in _TRANSPORT_PAPERS:
        transport.add(own)
    boxes = {
        plain_code(loading.equipment) for loading in document.loadings if iso6346.check(loading.equipment).is_container
    }
    return Asked(
        kind=document.kind,
        own=own,
        transport=frozenset(transport - {""}),
        ucr=plain_code(document.ucr),
        containers=frozenset(boxes - {""}),
        references=frozenset(
            (plain_kind(one.kind), plain_code(one.number)) for one in document.references if plain_code(one.number)
        ),
        at=received_at if document.issued is None else document.issued.local.replace(tzinfo=received_at.tzinfo),
    )


def plain_kind(kind: str) -> str:
    return kind.strip().upper().replace(" ", "_")


def _by_document_no(asked: Asked, known: Known) -> bool:
    return known.document_no in asked.transport


def _by_master_no(asked: Asked, known: Known) -> bool:
    return bool(known.master_no) and known.master_no in asked.transport


def _by_ucr(asked: Asked, known: Known) -> bool:
    return bool(known.ucr) and known.ucr == asked.ucr


def _by_declaration(asked: Asked, known: Known) -> bool:
    """The consignment names this declaration, or the document names the declaration that the consignment does."""
    declared = {number for kind, number in known.references if kind in DECLARATIONS}
    said = {number for kind, number in asked.references if kind in DECLARATIONS}
    if asked.kind is DocumentKind.DECLARATION and asked.own:
        said.add(asked.own)
    return bool(declared & said)


def _by_carnet(asked: Asked, known: Known) -> bool:
    carnets = {number for kind, number in known.references if kind in CARNETS}
    if known.document_type is DocumentType.TIR:
        carnets.add(known.document_no)
    said = {number for kind, number in asked.references if kind in CARNETS}
    return bool(carnets & said)


def _by_reference(asked: Asked, known: Known) -> bool:
    """The consignment names this invoice, permit or list by its number; the reader has seen to it that it has one."""
    return bool(asked.own) and asked.own in {number for _kind, number in known.references}


def _by_container(asked: Asked, known: Known) -> bool:
    return bool(asked.containers & known.containers) and _is_near(asked.at, known.at)


RULES: Final[tuple[tuple[Rule, Callable[[Asked, Known], bool]], ...]] = (
    (Rule.DOCUMENT_NO, _by_document_no),
    (Rule.MASTER_NO, _by_master_no),
    (Rule.UCR, _by_ucr),
    (Rule.DECLARATION, _by_declaration),
    (Rule.CARNET, _by_carnet),
    (Rule.REFERENCE, _by_reference),
    (Rule.CONTAINER, _by_container),
)


def match(asked: Asked, known: Iterable[Known]) -> Outcome:
    """The one consignment a document belongs to, or those it could.

    A number that recurs on several conveyances is decided by the time, where exactly one is near: the call between
    AFTER before and BEFORE after the document.
    """
    cargo = sorted(known, key=lambda one: one.consignment, reverse=True)
    for rule, fits in RULES:
        found = [one for one in cargo if fits(asked, one)]
        if not found:
            continue
        near = [one for one in found if _is_near(asked.at, one.at)] if len(found) > 1 else found
        candidates = tuple(Candidate(one.consignment, rule) for one in found)
        return Outcome(Candidate(near[0].consignment, rule) if len(near) == 1 else None, candidates)
    return Outcome()


class Cargo:
    """Many consignments by the numbers they could be found by: a paper is held against those it names, not against all.

    Every rule wants one number or container of the paper to be the consignment's, so none is missed.
    """

    def __init__(self, known: Iterable[Known]) -> None:
        self._by_number: dict[str, list[Known]] = defaultdict(list)
        for one in known:
            for number in one.names:
                self._by_number[number].append(one)

    @property
    def names(self) -> list[str]:
        """Every number and container that any of them could be found by."""
        return sorted(self._by_number)

    def match(self, asked: Asked) -> Outcome:
        """As `match` of all of them."""
        named = (one for number in asked.names for one in self._by_number.get(number, ()))
        return match(asked, {one.consignment: one for one in named}.values())


def _is_near(document: datetime | None, call: datetime | None) -> bool:
    if document is None or call is None:
        return False
    return call - BEFORE <= document <= call + AFTER


def numbers_and_containers(all_asked: Sequence[Asked]) -> tuple[list[str], list[str]]:
    """What to look for at once for several documents: their numbers, and their containers."""
    numbers = {number for asked in all_asked for number in asked.numbers}
    containers = {number for asked in all_asked for number in asked.containers}
    return sorted(numbers), sorted(containers)
