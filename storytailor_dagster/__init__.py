"""Glue between the domain and Dagster: what is made stands in `storytailor`, how it is seen and run stands here."""
