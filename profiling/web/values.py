"""Values of indicators and conditions in the reader's words, as the pages take them (`profiling.rules.wording`)."""

from __future__ import annotations

from profiling.rules.wording import condition_words, label, number, plain_value, value_with_unit

__all__ = ["condition_words", "label", "number", "plain_value", "value_with_unit"]
