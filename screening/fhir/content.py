"""Whether a file is FHIR, by its content and never by its name: bytes in, yes or no out."""

from __future__ import annotations


def looks_like_fhir(raw: bytes) -> bool:
    """Whether bytes are JSON of a FHIR resource, by their content.

    >>> looks_like_fhir(b' {"resourceType": "Bundle"}'), looks_like_fhir(b"Dear colleague")
    (True, False)
    """
    return raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and b'"resourceType"' in raw
