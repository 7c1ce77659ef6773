"""Claims: what a mission cost a traveller, with evidence, checked by four eyes, approved and paid."""
