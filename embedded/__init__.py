"""PostgreSQL and Redis for a machine that has neither: their own programs, carried by wheels, supervised by us."""
