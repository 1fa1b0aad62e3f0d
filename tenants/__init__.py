"""The tenancy kernel. Importing anything of it puts up the wall between partnerships."""

from tenants import wall  # noqa: F401  (its listeners are installed by being imported)
