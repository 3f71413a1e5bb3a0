"""Names, judged without a database."""
