"""The views of the API: thin over querysets and services."""
