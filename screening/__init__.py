"""The application: letters in, screenings out, as text for a nurse or JSON for a program."""

VERSION = "0.1.0"
