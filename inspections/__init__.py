"""Inspections: plan, record, seize, review, count. Stands above profiling; reads its open referrals."""
