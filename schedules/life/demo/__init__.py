"""Organisation life of the demo zone: groups, records with who was there, duties."""
