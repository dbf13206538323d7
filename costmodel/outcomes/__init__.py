"""What management reads, from the ledger (E32): margins, recovery, returns, and their summaries over draws."""
