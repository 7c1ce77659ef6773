"""E-mail: the ledger of what is to be sent and its outcome, the text of e-mails, and their transport."""
