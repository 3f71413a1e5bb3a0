"""The tokenizer: service characters, releases, offsets, numbers, character sets, cut files."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydifact.segmentcollection import RawSegmentCollection

from profiling.formats import charset, edifact
from profiling.formats.edifact import Delimiters, Tokenizer, count_segments, escape, raw_segments
from profiling.formats.problems import BrokenFileError
from tests.formats.samples import BILL, bills, header, problems, read, sea

PLAIN = Delimiters()
OTHER = Delimiters("|", "*", ",", "\\", "~")
TAGS = st.from_regex(r"[A-Z]{3}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x7f"), max_size=12).map(str.strip)


def _tokens(raw: bytes, marks: Delimiters = PLAIN) -> list[edifact.Segment]:
    return list(Tokenizer(marks, charset.choose("UNOW", raw)).segments(io.BytesIO(raw), 0))


def _written(segments: list[tuple[str, list[list[str]]]], marks: Delimiters) -> str:
    text = ""
    for tag, elements in segments:
        cells = [marks.component.join(escape(cell, marks) for cell in element) for element in elements]
        text += marks.element.join([tag, *cells]) + marks.terminator
    return text


SEGMENTS = st.lists(
    st.tuples(TAGS, st.lists(st.lists(TEXTS, min_size=1, max_size=4), max_size=4)), min_size=1, max_size=8
)


@given(SEGMENTS, st.sampled_from([PLAIN, OTHER]))
def test_what_is_escaped_is_read_back(segments: list[tuple[str, list[list[str]]]], marks: Delimiters) -> None:
    raw = _written(segments, marks).encode()
    found = _tokens(raw, marks)
    assert [(s.tag, s.elements[1:]) for s in found] == segments
    assert [s.number for s in found] == list(range(1, len(found) + 1))
    for segment in found:
        assert raw[segment.offset :].startswith(segment.tag.encode())
        assert count_segments(io.BytesIO(raw), marks, 0, segment.offset) == segment.number - 1


@pytest.mark.filterwarnings("ignore:Segment")
@given(SEGMENTS)
def test_the_same_tokens_as_pydifact(segments: list[tuple[str, list[list[str]]]]) -> None:
    text = _written(segments, PLAIN)
    theirs = RawSegmentCollection.from_str(text).segments
    plain = [(s.tag, _trimmed([e if isinstance(e, list) else [e] for e in s.elements])) for s in theirs]
    assert [(s.tag, _trimmed(s.elements[1:])) for s in _tokens(text.encode())] == plain


def _trimmed(elements: list[list[str]]) -> list[list[str]]:
    """Without empty components and elements at the end, which pydifact does not keep."""
    kept = [list(element) for element in elements]
    for element in kept:
        while element and not element[-1]:
            element.pop()
    while kept and not kept[-1]:
        kept.pop()
    return kept


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_pieces_of_any_size_give_the_same_segments(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    raw = b"AAA+x?'y'\r\nBBB+??'CCC+???'z??'DDD'\r\n"
    whole = list(raw_segments(io.BytesIO(raw), PLAIN, 0))
    counted = count_segments(io.BytesIO(raw), PLAIN, 0, len(raw))
    monkeypatch.setattr(edifact, "PIECE", size)
    assert list(raw_segments(io.BytesIO(raw), PLAIN, 0)) == whole
    assert count_segments(io.BytesIO(raw), PLAIN, 0, len(raw)) == counted == 4
    assert [s.elements for s in _tokens(raw)][2] == [["CCC"], ["?'z?"]]


def test_service_characters_of_una_are_used() -> None:
    text = sea().replace("?", "").translate(str.maketrans(":+'", "|*~"))
    found = read("UNA|*,\\ ~" + text)
    assert bills(found)[0].document_no == "B1"
    assert not problems(found)


@pytest.mark.parametrize("una", ["UNA++.? '", "UNA:+.?", "UNAa+.? '", "UNA:+.+ '", "UNAé+.? '"])
def test_service_characters_that_cannot_work_are_fatal(una: str) -> None:
    assert "una_broken" in problems(read(una + sea())) or una == "UNA:+.?"


def test_no_release_character_means_none() -> None:
    found = read("UNA:+.  '" + sea(*[s.replace("PLASTIC TOYS", "WHAT?") for s in BILL]))
    assert bills(found)[0].items[0].description == "WHAT?"


def test_a_byte_order_mark_and_line_breaks_do_not_move_offsets() -> None:
    raw = b"\xef\xbb\xbf" + sea().replace("'", "'\r\n").encode()
    found = read(raw)
    bill = bills(found)[0]
    assert raw[bill.position.offset :].startswith(b"CNI+1")
    assert not problems(found)


def test_line_breaks_inside_texts_become_spaces() -> None:
    found = read(sea(*[s.replace("PLASTIC TOYS", "PLASTIC\r\n  TOYS") for s in BILL]))
    assert bills(found)[0].items[0].description == "PLASTIC TOYS"


CYRILLIC = [s.replace("PLASTIC TOYS", "Игрушки из пластмассы") for s in BILL]
LATIN = [s.replace("PLASTIC TOYS", "Jouets en matière plastique n° 3 – été") for s in BILL]


@pytest.mark.parametrize(
    ("level", "encoding", "bill", "warned"),
    [
        ("UNOW", "utf-8", CYRILLIC, False),
        ("UNOA", "utf-8", CYRILLIC, False),
        ("UNOE", "utf-8", CYRILLIC, False),
        ("UNOE", "iso8859-5", CYRILLIC, False),
        ("UNOE", "cp1251", CYRILLIC, True),
        ("UNOC", "cp1251", CYRILLIC, True),
        ("UNOB", "cp1251", CYRILLIC, True),
        ("UNOC", "cp1252", LATIN, False),
        ("UNOA", "cp1252", LATIN, True),
        ("UNOD", "iso8859-2", [s.replace("PLASTIC TOYS", "Hračky ž") for s in BILL], False),
    ],
)
def test_the_character_set_is_found(level: str, encoding: str, bill: list[str], warned: bool) -> None:
    text = sea(*bill).replace("UNOW", level)
    found = read(text.encode(encoding))
    wanted = next(s for s in bill if s.startswith("FTX")).split("+++")[1]
    assert bills(found)[0].items[0].description == wanted
    assert ("charset_assumed" in problems(found)) is warned
    assert "charset" not in problems(found)


def test_upper_case_cyrillic_of_both_sets_is_told_apart() -> None:
    for encoding in ("cp1251", "iso8859-5"):
        text = "ПОЛИЭТИЛЕН ВЫСОКОГО ДАВЛЕНИЯ В МЕШКАХ"
        assert text.encode(encoding).decode(charset.single_byte("iso8859-5", text.encode(encoding))) == text


def test_a_broken_character_costs_only_itself() -> None:
    raw = sea(*CYRILLIC).encode().replace("пластмассы".encode(), "пластмас".encode() + b"\xd1")
    found = read(raw)
    assert bills(found)[0].items[0].description == "Игрушки из пластмас�"
    broken = problems(found)["charset"]
    assert (broken.document, broken.field) == ("B1", "FTX")
    assert raw[broken.position.offset :].startswith(b"FTX")


def test_control_characters_are_removed_and_told() -> None:
    found = read(sea(*[s.replace("PLASTIC", "PLA\x00S\x07TIC") for s in BILL]))
    assert bills(found)[0].items[0].description == "PLASTIC TOYS"
    assert problems(found)["control_characters"].document == "B1"


def test_a_text_without_terminators_is_not_gathered() -> None:
    found = read(sea().encode() + b"X" * 3_000_000)
    assert problems(found)["segment_too_long"].params["limit"] == edifact.SEGMENT_LIMIT


def test_released_terminators_without_end_are_not_gathered() -> None:
    source = io.BytesIO(b"AAA+" + b"?'" * 3_000_000)
    with pytest.raises(BrokenFileError) as broken:
        list(raw_segments(source, PLAIN, 0))
    assert broken.value.problem.code == "segment_too_long"


def test_a_cut_file_is_refused_with_its_offset() -> None:
    whole = sea()
    for end in range(len(whole) - 1, 120, -7):
        found = read(whole[:end])
        cut = problems(found)["file_cut"]
        assert cut.severity == "fatal"
        assert cut.position.offset <= end
    assert problems(read(whole[: whole.index("UNZ")]))["file_cut"].params["missing"] == "UNZ"
    without_unt = whole[: whole.index("UNT")] + whole[whole.index("UNZ") :]
    assert problems(read(without_unt))["file_cut"].params["missing"] == "UNT"


def test_a_second_interchange_may_repeat_una_but_not_change_it() -> None:
    first, same, other = sea(), "UNA:+.? '" + sea(), "UNA:+,? '" + sea()
    assert len(bills(read(first + same))) == 2
    assert not problems(read(first + same))
    assert "delimiters_changed" in problems(read(first + other))


def test_offsets_and_numbers_of_the_header_are_those_of_unh() -> None:
    text = "UNA:+.? '\r\n" + sea()
    at = header(read(text)).position
    assert text[at.offset :].startswith("UNH")
    assert at.segment == 2
