"""Every problem a reader can report: its code and the English sentence the edge translates and fills in.

Sentences are marked for the message catalogues by `_`, which returns its argument: readers import no Django.
Placeholders are keys of `Problem.params`; `field`, `document` and `received` stand on the problem itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from profiling.formats.records import Position, Problem, Severity

SHOWN: Final = 200  # characters of a received text that are kept
_UNSTORABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def _(sentence: str) -> str:
    return sentence


CODES: Final[dict[str, str]] = {
    # the file and its envelope
    "file_format_unknown": _(
        "This file cannot be read here: send UN/EDIFACT, ANSI X12, ASYCUDA or WCO XML, DCSA or pcu-manifest JSON, a "
        "filled template of ours, or a table (CSV, XLSX, XLS, ODS)."
    ),
    "message_missing": _("The file holds no message."),
    "file_cut": _("The file ends too early: {missing} is missing."),
    "una_broken": _("The service characters of UNA cannot be told apart."),
    "segment_too_long": _("A segment is longer than {limit} bytes: its terminator is missing."),
    "record_too_long": _("This record is longer than {limit} bytes and was not read."),
    "too_many_segments": _("This record has more than {limit} segments and was not read."),
    "problems_left_out": _("{count} more problems were found and are not listed."),
    "interchange_header_missing": _("The interchange header UNB is missing."),
    "delimiters_changed": _("The service characters change inside the file."),
    "not_cuscar": _("Messages of type {type} are not read here; this one was passed over."),
    "message_type_missing": _("The file holds no message of a type that is read here."),
    "header_missing": _("The message has no {segment} segment."),
    "function_not_supported": _("Message function {code} is not supported; use 9, 5, 4, 2, 3 or 1."),
    "function_assumed": _("The message function is missing; original was assumed."),
    "manifest_number_missing": _("The manifest has no number."),
    "segment_count_differs": _("UNT promises {promised} segments, the message has {found}."),
    "message_ref_differs": _("UNT names message {promised}, UNH named {found}."),
    "message_count_differs": _("UNZ promises {promised} messages, the interchange has {found}."),
    "interchange_ref_differs": _("UNZ names interchange {promised}, UNB named {found}."),
    "segment_unexpected": _("Segment {tag} stands outside any message and was not read."),
    "segment_unknown": _("Segment {tag} is not known in this message and was not read."),
    "charset": _("Some bytes are no text in the character set of the file."),
    "charset_assumed": _("The text is not in the declared character set; {charset} was assumed."),
    "control_characters": _("Control characters were removed from the text."),
    "history_not_past": _("History is cargo that has arrived: the message must say an arrival in the past."),
    "history_not_original": _("History takes original messages only, not replacements or cancellations."),
    "history_known": _("This bill is known here already; history changes nothing of it."),
    # documents sent with a push (profiling.intake.sent_documents)
    "document_kind": _("{name} was not taken: only PDF, pictures (JPEG, PNG, WebP, TIFF) and office files are."),
    "document_broken": _("{name} was not taken: this office file is damaged or locked by a password."),
    "document_too_many_pixels": _("{name} was not taken: this picture has more pixels than are opened here."),
    "document_unpacks_too_large": _("{name} was not taken: this office file unpacks to more than is opened here."),
    "document_empty": _("{name} was not taken: the file is empty."),
    "document_too_large": _("{name} was not taken: the file is larger than {limit} MB."),
    "documents_too_large": _("{name} was not taken: the documents of one push have at most {limit} MB together."),
    "document_one_too_many": _("{name} was not taken: at most {limit} documents come with one push."),
    # values
    "number_invalid": _("{value} is not a number that can be used here."),
    "number_negative": _("{value} is negative, which is not possible here."),
    "unit_unknown": _("The unit of measure {unit} is not known; the value was not used."),
    "date_impossible": _("This is not a possible date or time; the value was not used."),
    "code_unknown": _("The code {code} is not known here; the value was not used."),
    "text_cut": _("The text is longer than {limit} characters and was cut."),
    # bills and equipment
    "bill_repeated_identical": _("The same bill stands twice in this message, word for word; it was kept once."),
    "bill_repeated_different": _("This bill stands twice in this message with different content; both were kept."),
    "value_misfit": _("This value does not fit its field; what fits was kept, the file keeps all of it."),
    "cancel_unknown": _("The message cancels what was never announced here."),
    "change_unknown": _("The message changes a bill that was never announced here; it was taken as new."),
    "add_known": _("The message adds a bill that was announced already; it was taken as a change of it."),
    "names_nothing": _("The message changes, adds or deletes bills and names none; nothing was done."),
    "movements_known": _("{count} events were told before in the same words; they were kept once."),
    "documents_known": _("{count} papers were told before in the same words; they were kept once."),
    "withdrawal_not_taken": _(
        "A message of this kind cannot be taken back here: nothing of this one was stored, and what was told stands."
    ),
    "replace_unknown": _("The message replaces what was never announced here; it was taken as new."),
    "left_out_of_replacement": _("The replacing message no longer names this bill; it counts as withdrawn."),
    "document_no_missing": _("The transport document has no number."),
    "document_no_too_long": _("The document number is longer than {limit} characters."),
    "goods_missing": _("The transport document names no goods."),
    "equipment_number_missing": _("The equipment has no number."),
    "equipment_number_too_long": _("The equipment number is longer than {limit} characters."),
    "movement_unknown": _("The message does not say what happened to this equipment, or is to happen."),
    "equipment_repeated": _("Equipment {number} is listed more than once."),
    "equipment_not_listed": _("Equipment {number} is named by a document but not listed in the message."),
    "gross_repeated": _("Every item repeats the gross weight of the whole document; it was counted once."),
    "volume_copied": _("The volume equals the gross weight; it was taken as missing."),
    "loading_packages_differ": _("The item has {packages} packages, but {loaded} are loaded in equipment."),
    "gross_differs": _("The items weigh {items} kg together, the document states {total} kg."),
    "packages_differ": _("The items have {items} packages together, the document states {total}."),
    # pcu-manifest
    "json_invalid": _("This is not valid JSON: {reason}."),
    "json_too_deep": _("The nesting is deeper than {limit} levels."),
    "format_unknown": _("This is not a pcu-manifest of version 1."),
    "field_missing": _("A required field is missing."),
    "field_repeated": _("The field is given twice; the last value was used."),
    "unknown_field": _("The field is not known and was not read."),
    "type_wrong": _("The value must be {expected}."),
    "value_not_allowed": _("The value must be one of: {allowed}."),
    "text_too_long": _("The text is longer than {limit} characters."),
    # XML
    "encoding_unknown": _("The character set {charset} cannot be read; send UTF-8."),
    "xml_doctype": _("A document type is declared. Nothing of it is read, for it can hold what harms; send none."),
    "xml_invalid": _("This is not well-formed XML: {reason}."),
    "xml_root_unexpected": _("The document element {name} is not known here."),
    "xml_too_deep": _("The nesting is deeper than {limit} levels."),
    "xml_token_long": _("A tag, comment or the like is longer than {limit} bytes."),
    "xml_names": _("The document uses more than {limit} different names of elements and attributes."),
    "xml_too_many_elements": _("This record has more than {limit} elements and was not read."),
    "attachments_kept": _("The message holds files; each is kept as a document, those of a bill beside it."),
    "xml_attachment": _("The message holds an attachment; it was not read, the file keeps it."),
    "date_ambiguous": _("Day and month cannot be told apart in this date; it was not used."),
    "count_differs": _("The message states {stated}, but {found} were found."),
    "equipment_differs": _("Documents of this message describe equipment {number} differently."),
    # the rail workbook
    "workbook_unreadable": _("This is no XLSX workbook that can be read."),
    "workbook_too_large": _("The workbook unpacks to more than {limit} MB and was not read."),
    "too_many_rows": _("A sheet goes further than {limit} rows or 64 columns and was not read."),
    "sheet_missing": _("The sheet {sheet} is missing. Use the template."),
    "column_missing": _("The column {column} is missing. Use the template."),
    # ANSI X12
    "isa_broken": _("The separators of ISA cannot be told apart."),
    "set_unknown": _("Transaction set {type} is not read here; 309 and 310 are."),
    "trailer_count_differs": _("{tag} promises {promised}, {found} were found."),
    "control_number_differs": _("{tag} names {promised}, what it closes is {found}."),
    "amendment_mixed": _("Amendment {code} of this bill does not go with the first of the message ({function})."),
    # bills of lading as JSON (DCSA)
    "document_no_from_booking": _("The document has no number; its booking number {number} stands in its place."),
    # notes of rail, road and transit (note_boxes)
    "boxes_wrong": _("What was agreed on the boxes of this note names {correction}, which there is not."),
    # corrections of their boxes (note_corrections)
    "boxes_unreadable": _("These corrections cannot be read."),
    "box_table_unknown": _("The note has no table {table}."),
    "box_unknown": _("This table has no box {key}."),
    "box_member_unknown": _("Of a box {member} cannot be corrected."),
    "box_text_wrong": _("Write one line of at most {limit} characters."),
    "box_also_wrong": _("Write at most {count} further headings of at most {limit} characters."),
    "box_heading_missing": _("A box needs a heading in both languages."),
    "box_heading_twice": _("The box “{other}” has this heading already."),
    "box_field_unknown": _("There is no field {field} that this box could be read into."),
    "box_field_twice": _("The box “{other}” is read into this field already."),
    "box_field_needed": _("No box is read into the field of “{field}”, which every note needs."),
    "note_unknown": _("This is no note that is known here. Known are: {allowed}."),
    "note_xml_invalid": _("This is not well-formed XML."),
    "note_xml_doctype": _("XML with a document type or entities of its own is not read."),
    "note_too_large": _("The note is larger than {limit} MB and was not read. Send a pcu-manifest."),
    "note_too_many_rows": _("A table of the note has more than {limit} rows and was not read. Send a pcu-manifest."),
    # tables of anybody
    "table_unreadable": _("This is no XLSX, XLS or ODS workbook that can be read; it may be damaged or locked."),
    "table_too_large": _("A sheet goes further than {rows} rows or {columns} columns, or is too large; split it."),
    "table_quote_open": _("A quotation mark is not closed here; the rows after it cannot be told apart."),
    "headings_missing": _("No row of headings was found: the first rows must name the columns."),
    "charset_assumed_of_table": _("The file does not say its character set; {charset} was assumed."),
    "mapping_missing": _("Nobody has confirmed yet what the columns of this table hold; it waits for that."),
    "mapping_unreadable": _("This part of the mapping cannot be read."),
    "mapping_field_unknown": _("There is no field {field}."),
    "mapping_column_unknown": _("The table has no such column."),
    "mapping_field_twice": _("This field is already chosen for the column {other}."),
    "mapping_names_nothing": _("Choose a column for the document number, or for containers, wagons or trucks."),
    "mapping_of_other_headings": _("The mapping is of a table with other headings."),
    "sheet_not_read": _("The sheet {sheet} has other headings and was not read; send it as a file of its own."),
    "columns_not_read": _("These columns were not read: {columns}."),
    "rows_skipped": _(
        "Rows that are no cargo were passed over: {above} above the headings, {blank} blank, {totals} of totals, "
        "{headings} of repeated headings."
    ),
    "row_repeated": _("This row stands twice, word for word; it was counted once."),
    "row_continues": _("This row has no document number; it was read as part of the document above."),
    "rows_differ": _("The rows of this document differ here; the first one counts: {first}."),
    "number_mark_assumed": _(
        "{count} numbers of this column can be read in two ways; “{mark}” was taken as the decimal mark."
    ),
    "digits_lost": _("The spreadsheet has cut this number to 15 digits; format the column as text and send it again."),
    "hs_zero_restored": _("The code had lost its leading zero; it was read as {code}."),
    "date_from_serial": _("This is a day number of a spreadsheet; it was read as {date}."),
    "seals_unplaced": _("There are not as many seals as containers in this row; the seals were not used."),
}

# What may stand in the place of `expected`, `missing` or `reason`: words of a reader, or of Python's own JSON reader.
WORDS: Final[frozenset[str]] = frozenset(
    {
        _("text"),
        _("a number"),
        _("a whole number"),
        _("an object"),
        _("an array"),
        _("a country code of two capital letters"),
        _("a currency code of three capital letters"),
        _("a commodity code of 4 to 12 digits"),
        _("a value"),
        _("one of these signs is expected: {signs}"),
        _("there is data after the end"),
        _("Expecting value"),
        _("Expecting property name enclosed in double quotes"),
        _("Expecting ',' delimiter"),
        _("Expecting ':' delimiter"),
        _("Illegal trailing comma before end of object"),
        _("Illegal trailing comma before end of array"),
        _("Invalid control character at"),
        _("Invalid \\escape"),
        _("Invalid \\uXXXX escape"),
        # of expat
        _("syntax error"),
        _("not well-formed (invalid token)"),
        _("mismatched tag"),
        _("duplicate attribute"),
        _("junk after document element"),
        _("undefined entity"),
        _("reference to invalid character number"),
        _("encoding specified in XML declaration is incorrect"),
        _("XML or text declaration not at start of entity"),
        _("illegal character(s) in public id"),
        _("reserved prefix (xml) must not be undeclared or bound to another namespace name"),
    }
)


_WORDED: Final = ("expected", "missing", "reason")


def in_words(params: Mapping[str, Any], translate: Callable[[str], str] = _) -> dict[str, Any]:
    """The parameters of a sentence; those that are `WORDS` translated, with their own places filled in."""
    worded = {
        name: translate(value).format(**params)
        for name in _WORDED
        if isinstance(value := params.get(name), str) and value in WORDS
    }
    return {**params, **worded}


def problem(
    code: str,
    severity: Severity,
    position: Position,
    /,
    *,
    field: str = "",
    document: str = "",
    received: str = "",
    **params: Any,
) -> Problem:
    """One problem whose texts can be stored and shown: short, and without what no database takes as text."""
    if len(received) > SHOWN:
        received = received[: SHOWN - 1] + "…"
    for name, value in params.items():
        if isinstance(value, str):
            params[name] = storable(value[:SHOWN])
    if position.pointer is not None:
        position = replace(position, pointer=storable(position.pointer[:SHOWN]))
    return Problem(code, severity, position, storable(field), storable(document), storable(received), params)


def storable(text: str) -> str:
    """The text with control characters and lone surrogates shown as the replacement character."""
    return text if text.isprintable() else _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


class BrokenFileError(ValueError):
    """Nothing after this point of the file can be trusted. Readers catch it and yield `problem`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def sentence(found: Problem) -> str:
    """The English sentence of a problem, filled in: for logs and tests; pages translate `CODES` themselves."""
    return CODES[found.code].format(**in_words(found.params))
