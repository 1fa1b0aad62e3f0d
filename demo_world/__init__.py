"""The world outside Waymark, for the demonstration: organisations' OpenID providers, and a mail server.

Nothing here is part of the product. It imports neither `app` nor `tenants`, and is spoken to over HTTP and
SMTP only, as the real ones would be.
"""
