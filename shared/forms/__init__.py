"""Forms of pages: each sends one operation of the API, with the fields that its JSON schema names.

A form is declared once, in the card of a service; templates draw it, and its post is read by the schema, sent to the
API as JSON and answered with the next page, or with the same page, everything typed and what is wrong with it.
"""
