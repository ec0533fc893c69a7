"""One partition a story, named by its id."""

import dagster as dg

stories = dg.DynamicPartitionsDefinition(name="stories")
