"""Webhooks: which URLs may be called (targets), signing, sending (sender), delivery (dispatcher)."""
