"""What a lookout's value comes to, and matching it against cargo, without a database."""
