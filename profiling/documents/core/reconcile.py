"""What the papers of one consignment say beside each other, field by field, and by how much they differ.

Every statement is a `records.Document`: the current version of the consignment told as one (the manifest), and each
document set beside it. Each field has a base, which is the first statement that says it in the order given (the
manifest first), and every other statement is measured against the base by the tolerances of `TOLERANCES`.

Money is compared in the same currency alone: nothing is converted. Names in different scripts are not compared, for
a transliteration is no difference; an equal tax number makes two names one firm. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Final

from profiling.documents.core.differences import (
    EXPECTED,
    HUNDRED,
    LIKE_NAME,
    SAME_NAME,
    TOLERANCES,
    Atoms,
    Cell,
    Difference,
    Field,
    Kind,
    Reconciled,
    Row,
    Severity,
    Statement,
    Summary,
    Verdict,
)
from profiling.documents.core.said import SAID, gross_of, total_of
from profiling.formats.records import Document, DocumentKind, PartyRole, Place
from profiling.parties.core.identity import plain_code, plain_name
from profiling.parties.core.scripts import script_of

# ---- the scale


def _weighed(statement: Statement) -> Atoms:
    """Gross less tare: the cargo on the scale."""
    said = statement.said
    if said.kind is not DocumentKind.WEIGHBRIDGE or said.gross_kg is None or said.tare_kg is None:
        return ()
    return (said.gross_kg - said.tare_kg,)


def _declared_for(manifest: Document, weighed: Document) -> Decimal | None:
    """What the manifest declares of what stood on the scale: all of it, or the share of the containers named."""
    named = {plain_code(one.equipment) for one in weighed.loadings}
    loaded = {plain_code(one.equipment): one.gross_kg for one in manifest.loadings}
    if named & loaded.keys() and not loaded.keys() <= named:
        shares = [loaded[number] for number in named & loaded.keys()]
        known = [share for share in shares if share is not None]
        return sum(known, Decimal(0)) if len(known) == len(shares) else None
    whole = total_of(manifest.gross_kg, [item.gross_kg for item in manifest.items])
    return Decimal(whole[0]) if whole else None


def _scale_row(statements: Sequence[Statement]) -> Row | None:
    manifest = next((one for one in statements if one.is_manifest), None)
    if manifest is None or not any(map(_weighed, statements)):
        return None
    cells, declared_whole = [], gross_of(manifest)
    for statement in statements:
        atoms = _weighed(statement)
        if statement is manifest:
            cells.append(Cell(statement.source, declared_whole, Verdict.BASE if declared_whole else Verdict.SILENT))
        elif not atoms:
            cells.append(_silent(Field.WEIGHED_KG, statement, manifest))
        elif (declared := _declared_for(manifest.said, statement.said)) is None:
            cells.append(Cell(statement.source, atoms, Verdict.UNSURE))
        else:
            cells.append(_figures(Field.WEIGHED_KG, manifest.source, statement.source, declared, atoms))
    return Row(Field.WEIGHED_KG, tuple(cells))


# ---- comparing


def reconcile(statements: Sequence[Statement]) -> Reconciled:
    """Set statements beside each other; the manifest first, then documents in the order they are to be shown."""
    rows = [row for each in Field if (row := _row(each, statements)) is not None]
    return Reconciled(tuple(statements), tuple(sorted(rows, key=lambda row: not row.differs)))


def _row(each: Field, statements: Sequence[Statement]) -> Row | None:
    if each is Field.WEIGHED_KG:
        return _scale_row(statements)
    read = SAID[each]
    base = next((one for one in statements if read(one)), None)
    if base is None:
        return None
    manifest_is_silent = any(one.is_manifest for one in statements) and not base.is_manifest
    cells = []
    for statement in statements:
        atoms = read(statement)
        if statement is base:
            cells.append(_base(each, statement, atoms, manifest_is_silent))
        elif not atoms:
            cells.append(_silent(each, statement, base))
        else:
            cells.append(_compare(each, base, statement))
    return Row(each, tuple(cells))


def _base(each: Field, statement: Statement, atoms: Atoms, only_here: bool) -> Cell:
    """Of what the manifest does not say at all the first document is the base, and told as extra."""
    if not only_here:
        return Cell(statement.source, atoms, Verdict.BASE)
    extra = Difference(each, Kind.EXTRA, Severity.NOTE, "", statement.source)
    return Cell(statement.source, atoms, Verdict.BASE, (extra,))


def _silent(each: Field, statement: Statement, base: Statement) -> Cell:
    if statement.is_manifest or each not in EXPECTED.get(statement.said.kind, ()):
        return Cell(statement.source, (), Verdict.SILENT)
    missing = Difference(each, Kind.MISSING, Severity.NOTE, base.source, statement.source)
    return Cell(statement.source, (), Verdict.MISSING, (missing,))


def _compare(each: Field, base: Statement, other: Statement) -> Cell:
    ours, theirs = SAID[each](base), SAID[each](other)
    match each:
        case Field.SHIPPER | Field.CONSIGNEE | Field.NOTIFY:
            if _same_tax_number(each, base, other):
                return Cell(other.source, theirs, Verdict.SAME)
            return _texts(each, base.source, other.source, ours, theirs)
        case Field.GOODS:
            return _texts(each, base.source, other.source, ours, theirs, worst=Severity.MINOR)
        case Field.VALUE:
            if ours[1] != theirs[1] or not ours[1]:
                return Cell(other.source, theirs, Verdict.UNSURE)
            return _figures(each, base.source, other.source, Decimal(ours[0]), theirs)
        case Field.PACKAGES | Field.GROSS_KG | Field.NET_KG | Field.VOLUME_M3:
            return _figures(each, base.source, other.source, Decimal(ours[0]), theirs)
        case Field.HS:
            return _codes(base.source, other.source, ours, theirs)
        case Field.CONTAINERS | Field.SEALS:
            return _sets(each, base.source, other.source, ours, theirs)
        case Field.ORIGIN:
            return _subset(each, base.source, other.source, ours, theirs)
        case Field.DESTINATION:
            return _equal(each, base.source, other.source, ours, theirs)
        case _:
            return _places(each, base, other, ours, theirs)


def _same_tax_number(each: Field, base: Statement, other: Statement) -> bool:
    role = PartyRole(each.value)
    numbers = [
        {plain_code(party.tax_id) for party in one.said.parties if party.role is role} - {""} for one in (base, other)
    ]
    return bool(numbers[0] & numbers[1])


def _figures(each: Field, base: str, source: str, ours: Decimal, atoms: Atoms) -> Cell:
    theirs = Decimal(atoms[0])
    amount = theirs - ours
    if not amount:
        return Cell(source, atoms, Verdict.SAME)
    percent = abs(amount) * HUNDRED / abs(ours) if ours else None
    allowed = TOLERANCES[each]
    severity = Severity.MINOR
    if percent is not None and percent <= allowed.rounding:
        severity = Severity.NOTE
    elif percent is None or percent > allowed.major_percent:
        severity = Severity.MAJOR
    if allowed.major_amount is not None and abs(amount) > allowed.major_amount:
        severity = Severity.MAJOR
    verdict = Verdict.SAME if severity is Severity.NOTE else Verdict.DIFFERS
    found = Difference(each, Kind.DIFFERS, severity, base, source, amount=amount, percent=percent)
    return Cell(source, atoms, verdict, (found,))


def alike(one: str, other: str) -> float:
    """How alike two names or texts are, 0 to 1: word by word in any order, each word letter by letter."""
    ours, theirs = (" ".join(sorted(plain_name(text).split())) for text in (one, other))
    if ours == theirs:
        return 1.0
    return round(SequenceMatcher(None, ours[:500], theirs[:500], autojunk=False).ratio(), 3)


def _texts(each: Field, base: str, source: str, ours: Atoms, theirs: Atoms, worst: Severity = Severity.MAJOR) -> Cell:
    one, other = str(ours[0]), str(theirs[0])
    if plain_name(one) == plain_name(other):
        return Cell(source, theirs, Verdict.SAME)
    if script_of(one) is not script_of(other):
        return Cell(source, theirs, Verdict.UNSURE)
    share = alike(one, other)
    if share >= SAME_NAME:
        note = Difference(each, Kind.DIFFERS, Severity.NOTE, base, source, alike=share)
        return Cell(source, theirs, Verdict.SAME, (note,))
    severity = worst if share < LIKE_NAME else Severity.MINOR
    found = Difference(each, Kind.DIFFERS, severity, base, source, alike=share)
    return Cell(source, theirs, Verdict.DIFFERS, (found,))


def _codes(base: str, source: str, ours: Atoms, theirs: Atoms) -> Cell:
    """Commodity codes agree as far as both go: 6302 and 630232 say the same, 6301 is another heading."""
    found = []
    for code in map(str, theirs):
        if any(_agree(code, str(known)) for known in ours):
            continue
        same_heading = any(code[:4] == str(known)[:4] for known in ours)
        severity = Severity.MINOR if same_heading else Severity.MAJOR
        found.append(Difference(Field.HS, Kind.DIFFERS, severity, base, source, where=code))
    return Cell(source, theirs, Verdict.DIFFERS if found else Verdict.SAME, tuple(found))


def _agree(one: str, other: str) -> bool:
    size = min(len(one), len(other))
    return size >= 4 and one[:size] == other[:size]


def _sets(each: Field, base: str, source: str, ours: Atoms, theirs: Atoms) -> Cell:
    """Containers and seals: one that only the document names is major, one that it leaves out is minor."""
    extra = [
        Difference(each, Kind.EXTRA, Severity.MAJOR, base, source, where=str(number))
        for number in theirs
        if number not in ours
    ]
    missing = [
        Difference(each, Kind.MISSING, Severity.MINOR, base, source, where=str(number))
        for number in ours
        if number not in theirs
    ]
    return Cell(source, theirs, Verdict.DIFFERS if extra or missing else Verdict.SAME, (*extra, *missing))


def _subset(each: Field, base: str, source: str, ours: Atoms, theirs: Atoms) -> Cell:
    """Countries of origin: a document may tell of some of the goods only."""
    found = tuple(
        Difference(each, Kind.DIFFERS, Severity.MAJOR, base, source, where=str(code))
        for code in theirs
        if code not in ours
    )
    return Cell(source, theirs, Verdict.DIFFERS if found else Verdict.SAME, found)


def _equal(each: Field, base: str, source: str, ours: Atoms, theirs: Atoms) -> Cell:
    if ours == theirs:
        return Cell(source, theirs, Verdict.SAME)
    found = Difference(each, Kind.DIFFERS, Severity.MAJOR, base, source, where=str(theirs[0]))
    return Cell(source, theirs, Verdict.DIFFERS, (found,))


def _places(each: Field, base: Statement, other: Statement, ours: Atoms, theirs: Atoms) -> Cell:
    """A code is held against a code, a name against a name; a code against a name says nothing."""
    one, two = (_place_said(each, statement) for statement in (base, other))
    if one is None or two is None:
        return Cell(other.source, theirs, Verdict.UNSURE)
    if one.code and two.code and one.scheme == two.scheme:
        return _equal(each, base.source, other.source, ours, theirs)
    if one.name and two.name:
        return _texts(each, base.source, other.source, (one.name,), (two.name,), worst=Severity.MINOR)
    return Cell(other.source, theirs, Verdict.UNSURE)


def _place_said(each: Field, statement: Statement) -> Place | None:
    place: Place | None = getattr(statement.said, each.value)
    return place


# ---- as facts


@dataclass(frozen=True, slots=True)
class _Compared:
    """What was compared of one field."""

    differences: Sequence[Difference] = field(default_factory=tuple)
    is_compared: bool = False

    @property
    def differs(self) -> bool | None:
        if not self.is_compared:
            return None
        return any(one.severity is not Severity.NOTE for one in self.differences)

    @property
    def percent(self) -> Decimal | None:
        """The largest; zero where all agree."""
        if not self.is_compared:
            return None
        found = [one.percent for one in self.differences if one.percent is not None]
        return max(found, default=Decimal(0))


_JUDGED: Final = frozenset({Verdict.SAME, Verdict.DIFFERS})


def _of(found: Reconciled, *fields: Field) -> _Compared:
    rows = [row for row in found.rows if row.field in fields]
    judged = any(cell.verdict in _JUDGED for row in rows for cell in row.cells)
    return _Compared([one for row in rows for one in row.differences], judged)


def summarise(found: Reconciled, unread: Sequence[DocumentKind] = ()) -> Summary:
    """The facts that rules may ask of. unread: of what kind the papers are that lie there and state nothing yet."""
    papers = [*(one.said.kind for one in found.statements if not one.is_manifest), *unread]
    weighed = _of(found, Field.WEIGHED_KG)
    furthest = max((one.amount for one in weighed.differences if one.amount is not None), key=abs, default=Decimal(0))
    return Summary(
        documents=len(papers),
        kinds=frozenset(papers),
        disagree=found.differing if _of(found, *Field).is_compared else None,
        weight_percent=_of(found, Field.GROSS_KG).percent,
        value_percent=_of(found, Field.VALUE).percent,
        packages_differ=_of(found, Field.PACKAGES).differs,
        party_differs=_of(found, Field.SHIPPER, Field.CONSIGNEE, Field.NOTIFY).differs,
        container_differs=_of(found, Field.CONTAINERS).differs,
        seal_differs=_of(found, Field.SEALS).differs,
        hs_differs=_of(found, Field.HS).differs,
        origin_differs=_of(found, Field.ORIGIN).differs,
        weighbridge_kg=furthest if weighed.is_compared else None,
    )
