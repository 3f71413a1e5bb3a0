"""What the API says of each thing, and what it takes."""
