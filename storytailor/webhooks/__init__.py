"""Webhooks: one signed message for each story that ends, at least once."""
