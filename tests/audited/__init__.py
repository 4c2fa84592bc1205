"""A small app of tracked tables, so that the guards of core can be tested without a domain."""
