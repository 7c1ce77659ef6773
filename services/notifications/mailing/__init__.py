"""E-mail: a ledger of what is to be sent and what became of it, its composition, and its handing over."""
