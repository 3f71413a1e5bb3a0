"""Exchanges: warnings and feedback between units and installations. Stands above inspections."""
