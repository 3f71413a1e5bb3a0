"""Templates of what is seized: which facts each kind of commodity asks for, and their checking. Pure."""
