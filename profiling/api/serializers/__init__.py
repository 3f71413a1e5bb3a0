"""What the API says, by subject."""
