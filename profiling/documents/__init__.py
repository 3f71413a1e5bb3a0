"""Documents beside consignments: kept as they came, read, matched, and compared with what the messages say."""
