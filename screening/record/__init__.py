"""The record: screenings in, an append-only chain of them in a file or a database out, which shows any tampering."""
