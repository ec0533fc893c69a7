"""What real providers answer, against the whole product: what the operator and the family read, and how it ends."""
