"""FHIR R4: a Bundle in, letters with facts that are ready made out; a screening in, a Bundle out.

Only this package knows FHIR's names; the library that validates is loaded when a Bundle is met.
"""
