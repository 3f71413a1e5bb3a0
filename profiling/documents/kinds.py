"""The kinds of job that documents make."""

SCAN = "document.scan"
READ = "document.read"
REASSESS = "document.reassess"
"""Done by the app of cases, which stands above: score the consignments anew whose documents have changed."""
