"""What is known: the types everything passes round, terms, units, calendar arithmetic, calculators, protocols."""
