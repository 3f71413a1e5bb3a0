"""How long a text may be and how large a record: what a database column and one worker's memory can take."""

from __future__ import annotations

from typing import Final

RECORD_BYTES: Final = 8 << 20  # one bill or one array item of JSON
RECORD_SEGMENTS: Final = 100_000  # of one bill, or of the head of a message; a bill may have 9999 lines of goods
HEAD_BYTES: Final = 256 << 10  # of the members of JSON that stand beside the large arrays
RECORD_PROBLEMS: Final = 500  # told of one record; the rest would say the same
DOCUMENT_NO: Final = 35  # UN/EDIFACT 1004, 1154
EQUIPMENT_NO: Final = 17  # UN/EDIFACT 8260
SEAL_NO: Final = 35
REFERENCE_NO: Final = 70
CODE: Final = 35
NAME: Final = 300
ADDRESS: Final = 500
DESCRIPTION: Final = 8000
MARKS: Final = 2000
