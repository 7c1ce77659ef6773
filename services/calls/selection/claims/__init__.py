"""Claims: the costs of a mission with evidence, checked by two people, approved and paid."""
