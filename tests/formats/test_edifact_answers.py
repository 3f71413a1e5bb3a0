"""CONTRL and CUSRES: what they say, read back by another reader of EDIFACT."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydifact.segmentcollection import RawSegmentCollection

from profiling.formats.edifact_answers import SYNTAX_ERRORS, Answered, AnsweredMessage, Told, contrl, cusres, parted
from profiling.formats.problems import CODES, problem, sentence, storable
from profiling.formats.records import Header, Position, Problem, Refused, Severity
from tests.formats.samples import BILL, HEAD, bills, edi, read, sea

pytestmark = pytest.mark.filterwarnings("ignore:segments.xml", "ignore:Segment")
AT = datetime(2026, 10, 24, 9, 30)


def _answered(text: str, **changed: Any) -> Answered:
    """What intake would know of a message after it was read."""
    found = read(text)
    headers = [each for each in found if isinstance(each, Header)]
    told = [Told(each, sentence(each)) for each in found if isinstance(each, Problem)]
    envelope, each_told = parted(headers, told)
    refused = sum(isinstance(each, Refused) for each in found)
    messages = tuple(
        AnsweredMessage(header, len(bills(found)), refused, tuple(said))
        for header, said in zip(headers, each_told, strict=True)
    )
    known: dict[str, Any] = {
        "sender": "LINE",
        "recipient": "PCU",
        "interchange_ref": "R1",
        "answer_ref": "A1",
        "at": AT,
        "messages": messages,
        "told": tuple(envelope),
    }
    return Answered(**{**known, **changed})


def _segments(raw: bytes) -> list[list[Any]]:
    found = RawSegmentCollection.from_str(raw.decode("utf-8")).segments
    return [[each.tag, *each.elements] for each in found if each.tag != "UNA"]


def _of(raw: bytes, tag: str) -> list[list[Any]]:
    return [each[1:] for each in _segments(raw) if each[0] == tag]


def _check_envelope(raw: bytes) -> None:
    """Counts and references agree, as pydifact sees the segments."""
    segments = _segments(raw)
    assert segments[0][0] == "UNB"
    assert segments[-1][:2] == ["UNZ", str(len(_of(raw, "UNH")))]
    assert segments[-1][2] == segments[0][5]
    began = 0
    for index, each in enumerate(segments):
        if each[0] == "UNH":
            began = index
        elif each[0] == "UNT":
            assert each[1:] == [str(index - began + 1), segments[began][1]]


# -- CONTRL


def test_a_clean_interchange_is_acknowledged() -> None:
    raw = contrl(_answered(sea()))
    _check_envelope(raw)
    assert _of(raw, "UNB")[0] == [["UNOW", "4"], "PCU", "LINE", ["20261024", "0930"], "A1"]
    assert _of(raw, "UNH")[0] == ["1", ["CONTRL", "D", "3", "UN"]]
    assert _of(raw, "UCI") == [["R1", "LINE", "PCU", "7"]]
    assert _of(raw, "UCM") == [["M1", ["CUSCAR", "D", "95B", "UN"], "7"]]
    assert not _of(raw, "UCS")


def test_wrong_counts_are_told_with_their_place_in_the_message() -> None:
    raw = contrl(_answered(edi(*HEAD, *BILL, count=99)))
    assert _of(raw, "UCM")[0][2] == "7"
    assert _of(raw, "UCS") == [[str(len(HEAD) + len(BILL) + 1)]]
    assert _of(raw, "UCD") == [["29", "2"]]


def test_components_are_counted_from_the_tag() -> None:
    at = Position(40, 2)
    told = (Told(problem("not_cuscar", Severity.WARNING, at, field="UNH.2.1", type="X"), "x"),)
    known = _answered(sea())
    message = AnsweredMessage(known.messages[0].header, 0, 0, told)
    raw = contrl(Answered("LINE", "PCU", "R1", "A1", AT, (message,)))
    assert _of(raw, "UCS") == [["1"]]
    assert _of(raw, "UCD") == [["14", ["3", "1"]]]


def test_a_cut_file_is_rejected_as_a_whole() -> None:
    whole = sea()
    found = read(whole[: whole.index("UNZ")])
    (cut,) = [each for each in found if isinstance(each, Problem)]
    raw = contrl(_answered(sea(), told=(Told(cut, sentence(cut)),)))
    assert _of(raw, "UCI") == [["R1", "LINE", "PCU", "4", "13", "UNZ"]]
    assert _of(raw, "UCM")[0][2] == "4"
    _check_envelope(raw)


def test_what_is_wrong_with_the_content_is_not_told_as_syntax() -> None:
    found = _answered(sea(*[s.replace("G+KGM:1000", "G+KGM:abc") for s in BILL]))
    assert [one.problem.code for one in found.messages[0].told] == ["number_invalid"]
    assert not _of(contrl(found), "UCS")


def test_every_syntax_error_is_a_code_of_a_problem() -> None:
    assert set(SYNTAX_ERRORS) <= set(CODES)
    assert all(code.isdecimal() for code in SYNTAX_ERRORS.values())


# -- CUSRES


def test_an_accepted_message_is_answered_by_its_references() -> None:
    raw = cusres(_answered(sea()))
    _check_envelope(raw)
    assert _of(raw, "UNH")[0] == ["1", ["CUSRES", "D", "95B", "UN"]]
    assert _of(raw, "BGM") == [["962", "A1", "29"]]
    assert _of(raw, "GIS") == [["1"]]
    assert _of(raw, "DTM") == [[["137", "202610240930", "203"]]]
    assert _of(raw, "RFF") == [[["ACW", "M1"]], [["ABO", "MAN001"]]]
    assert _of(raw, "FTX") == [["AHN", "", "", ["ACCEPTED", "1", "REFUSED", "0"]]]
    assert not _of(raw, "ERP")


def test_later_directories_are_answered_with_gei() -> None:
    for release, late in (("D:95B", False), ("D:98A", False), ("D:99B", True), ("D:21A", True)):
        raw = cusres(_answered(sea(head=[s.replace("D:95B", release) for s in HEAD])))
        assert bool(_of(raw, "GEI")) is late
        assert bool(_of(raw, "GIS")) is not late


def test_a_refused_bill_is_told_with_code_place_and_sentence() -> None:
    other = [s.replace("B1", "B2") for s in BILL]
    found = _answered(sea(*BILL[:7], *other))
    raw = cusres(found)
    assert _of(raw, "BGM")[0][2] == "34"
    assert _of(raw, "FTX")[0][3] == ["ACCEPTED", "1", "REFUSED", "1"]
    assert _of(raw, "ERP") == [[["2", "B1", str(len(HEAD) + 3)]]]
    assert _of(raw, "ERC") == [["ERROR"]]
    assert _of(raw, "FTX")[1][3] == ["goods_missing", "items", "The transport document names no goods."]


def test_a_rejected_message_counts_everything_as_refused() -> None:
    known = _answered(sea())
    raw = cusres(Answered("LINE", "PCU", "R1", "A1", AT, known.messages, rejected=True))
    assert _of(raw, "BGM")[0][2] == "27"
    assert _of(raw, "GIS") == [["2"]]
    assert _of(raw, "FTX")[0][3] == ["ACCEPTED", "0", "REFUSED", "1"]


def test_problems_are_parted_by_the_message_they_stand_in() -> None:
    found = _answered(sea())
    header = found.messages[0].header
    early = Told(problem("interchange_header_missing", Severity.WARNING, Position(0, 1)), "x")
    late = Told(problem("charset", Severity.WARNING, Position(header.position.offset, 2)), "x")
    assert parted([header], [late, early]) == ([early], [[late]])


def test_only_problems_of_messages_leave_in_an_answer() -> None:
    with pytest.raises(ValueError, match="lookout_hit"):
        Told(Problem("lookout_hit", Severity.WARNING, Position(0)), "x")
    for ref in ("", "A" * 15):
        with pytest.raises(ValueError, match=f"^{ref}$"):
            Answered("A", "B", "1", ref, AT)


TEXTS = st.text(max_size=400)


@settings(deadline=None)
@given(sentences=st.lists(TEXTS, max_size=4), field=TEXTS, document=TEXTS, sender=TEXTS)
def test_any_text_is_released_and_read_back(sentences: list[str], field: str, document: str, sender: str) -> None:
    known = _answered(sea())
    header = known.messages[0].header
    told = tuple(
        Told(problem("charset", Severity.WARNING, Position(9, 5), field=field, document=document), each)
        for each in sentences
    )
    answered = Answered(sender, "PCU", "R?'1", "A+1", AT, (AnsweredMessage(header, 1, 0, told),), told)
    for raw in (contrl(answered), cusres(answered)):
        _check_envelope(raw)
        assert "risk" not in raw.decode() or any("risk" in each for each in (*sentences, field, document, sender))
    texts = [each[3] for each in _of(cusres(answered), "FTX")[1:]]
    said = "".join("".join(part[2:] if part[0] == "charset" else part) for part in texts if isinstance(part, list))
    assert "".join(said.split()) == "".join("".join(storable(each).split()) for each in sentences)
    assert len(_of(cusres(answered), "ERP")) == len(sentences)


def test_russian_sentences_with_service_characters_are_read_back() -> None:
    known = _answered(sea())
    text = "Вес '10+5' указан дважды: проверьте? " + "и ещё раз " * 40
    told = (Told(problem("charset", Severity.ERROR, Position(9, 5), field="CNT+7"), text),)
    raw = cusres(Answered("LINE", "PCU", "R1", "A1", AT, (AnsweredMessage(known.messages[0].header, 1, 0, told),)))
    texts = [each[3] for each in _of(raw, "FTX")[1:]]
    assert texts[0][:2] == ["charset", "CNT+7"]
    assert " ".join([*texts[0][2:], *(line for part in texts[1:] for line in part)]) == " ".join(text.split())
    assert all(len(line) <= 70 for part in texts for line in part)
    assert all(len(part) <= 5 for part in texts)
