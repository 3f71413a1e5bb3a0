"""What a programme reports: how much was profiled, selected, examined and found, always with what it is a share of."""
