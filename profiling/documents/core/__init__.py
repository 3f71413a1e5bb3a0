"""What can be said of documents without a database."""
