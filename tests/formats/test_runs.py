"""Whole records are read at once where that is possible; what comes out is what segment by segment comes out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from profiling.formats import cuscar_parties, edifact, edifact_interchange
from profiling.formats.cuscar import CuscarReader
from profiling.formats.edifact import Run, Segment, Tokenizer, raw_segments
from profiling.formats.generate import generate_cuscar
from profiling.formats.records import Consignment, Header, Problem, Span
from tests.formats.samples import BILL, BOX, HEAD, edi
from tests.formats.test_digests import RICH

HOUSES = ["CNI+3+MASTER9:BOL:CARR", "CNT+5:2", "RFF+BH:H1", "GID+1+5:CT", "FTX+AAA+++TEA", "RFF+BH:H2", "GID+1+6:CT"]
TWINS = ["NAD+OS+++EAST TRADING CO+12 RIVER ROAD+SHANGHAI++200000+CN", "NAD+NI+++SAME AS CONSIGNEE"]
MESSAGES = [
    edi(*HEAD, *BOX, *BILL, *TWINS, *BILL, *HOUSES, *BILL, *BOX).encode(),
    RICH.encode(),
    b"".join(generate_cuscar(4)),
]
ODD = [
    b"CNI+9+X9",
    b"EQD+CN+TCKU1234567",
    b"CNT+7:5:KGM",
    b"UNT+3+M1",
    b"UNH+M2+CUSCAR:D:95B:UN",
    b"",
    b"cni+2+x",
    b"GID",
]
ODD += [
    b"RFF+BM:Z1",
    b"RFF+MB:Z1",
    b"RFF+ABT:1",
    b"MEA+AAE+G+XXX:9",
    b"QQQ+1",
    b"NAD+ZZ+++X",
    b"FTX+AAA+++a?'b",
    b"\x01TOD",
]


def one_by_one(
    self: Tokenizer, stream: Any, start: int, _ends: object, end: int | None = None, number: int = 1
) -> Iterator[Segment]:
    for raw, offset, count in raw_segments(stream, self.marks, start, end, number):
        if raw:
            yield self.segment(raw, offset, count)


@given(
    message=st.sampled_from(MESSAGES),
    changes=st.lists(
        st.tuples(
            st.sampled_from(["put", "drop", "double", "small", "break", "release", "byte"]),
            st.integers(0, 10_000),
            st.integers(0, 255),
        ),
        max_size=5,
    ),
    piece=st.sampled_from([17, 200, 4096]),
)
def test_runs_give_what_single_segments_give(message: bytes, changes: list[tuple[str, int, int]], piece: int) -> None:
    parts = message.split(b"'")
    for change, where, byte in changes:
        at = where % len(parts)
        if change == "put":
            parts.insert(at, ODD[byte % len(ODD)])
        elif change == "drop" and len(parts) > 1:
            del parts[at]
        elif change == "double":
            parts.insert(at, parts[byte % len(parts)])
        elif change == "small":
            parts[at] = parts[at].lower()
        elif change == "break":
            parts[at] = b" \r\n" + parts[at]
        elif change == "release":
            parts[at] += b"?"
        else:
            parts[at] = parts[at][: byte % 30] + bytes([byte]) + parts[at][byte % 30 :]
    raw = b"'".join(parts)
    with patch.object(edifact, "CUT_AT_ONCE", piece):
        found = list(CuscarReader().read(io.BytesIO(raw)))
        with patch.object(Tokenizer, "runs", one_by_one):
            expected = list(CuscarReader().read(io.BytesIO(raw)))
    assert found == expected


def test_most_of_a_message_is_read_in_runs() -> None:
    """Or the test above would hold one way of reading against itself."""
    raw = b"".join(generate_cuscar(100))
    taken = []
    runs = Tokenizer.runs

    def watched(self: Tokenizer, *args: Any, **kwargs: Any) -> Iterator[Segment | Run]:
        for each in runs(self, *args, **kwargs):
            taken.append(isinstance(each, Run))
            yield each

    with patch.object(Tokenizer, "runs", watched), patch.object(edifact, "CUT_AT_ONCE", 1 << 20):
        list(CuscarReader().read(io.BytesIO(raw)))
    assert sum(taken) == 200  # all containers and all bills


def test_a_span_that_knows_the_number_of_its_first_segment_is_read_without_counting_up_to_it() -> None:
    raw = b"".join(generate_cuscar(40))
    header, *found = CuscarReader().read(io.BytesIO(raw))
    bills = [each for each in found if isinstance(each, Consignment)]
    span = Span(bills[20].span.start, bills[29].span.end, bills[20].span.segment)
    assert isinstance(header, Header)
    with patch.object(edifact_interchange, "count_segments", side_effect=AssertionError):
        again = list(CuscarReader().read_span(io.BytesIO(raw), header, span))
    assert [each for each in again if isinstance(each, Consignment)] == bills[20:30]


def test_parties_of_one_role_with_the_same_words_are_twins_also_under_two_qualifiers() -> None:
    shipper = BILL[5]
    raw = edi(*HEAD, *BILL, shipper.replace("NAD+CZ", "NAD+OS")).encode()
    [bill] = [each for each in CuscarReader().read(io.BytesIO(raw)) if hasattr(each, "parties")]
    assert [party.role.value for party in bill.parties] == ["shipper", "consignee"]


def test_what_a_firm_is_cut_by_is_told_with_its_place_for_every_bill_that_names_it() -> None:
    shipper = BILL[5].replace("EAST TRADING CO", "E" * 400)
    again = [line.replace("B1", "B2") for line in BILL]
    raw = edi(*HEAD, *BOX, *BILL[:5], shipper, *BILL[6:], *again[:5], shipper, *again[6:]).encode()
    told = [each for each in CuscarReader().read(io.BytesIO(raw)) if isinstance(each, Problem)]
    assert [(each.code, each.field, each.document) for each in told] == [
        ("text_cut", "parties.name", "B1"),
        ("text_cut", "parties.name", "B2"),
    ]
    assert [raw[each.position.offset :].startswith(shipper.encode()) for each in told] == [True, True]


def test_what_is_remembered_of_firms_and_segments_has_a_bound() -> None:
    reader = cuscar_parties.PartyReader()
    tokenizer = Tokenizer(edifact.Delimiters(), edifact.Charset("utf-8", "utf-8"))
    lines = [f"NAD+CZ+++FIRM {n % 6000}+STREET+TOWN+++CN'".encode() for n in range(12_000)]
    for segment in tokenizer.segments(io.BytesIO(b"".join(lines)), 0):
        reader.read([[segment]], cuscar_parties.Findings())
    assert len(tokenizer._known) <= edifact._REMEMBERED
    assert 0 < len(reader._known) <= cuscar_parties._REMEMBERED
