"""Webhooks: which URLs may be called (targets), signing and sending (sender), delivery (dispatcher)."""
