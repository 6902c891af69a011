"""The OMOP Common Data Model, version 5.4: the table NOTE in as letters, the table NOTE_NLP out with their facts."""
