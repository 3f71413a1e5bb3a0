"""Message catalogues: extracted from the code, kept in locale/, checked by a test. Needs no gettext tools."""
