"""Incidents provoked one after the other on a stack of our own, and what each said to whom."""
