"""What a GraphQL document would do."""

from __future__ import annotations

from collections.abc import Iterable

from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse

MAX_TOKENS = 15_000
"""Dagster's UI sends documents of some 3,000 tokens."""
KNOWN_PARAMETERS = frozenset({"query", "variables", "operationName"})


def only_reads(document: str) -> bool:
    """Whether every operation in it is a query, whatever its name, alias or fragments. False for what is no GraphQL."""
    try:
        definitions = parse(document, no_location=True, max_tokens=MAX_TOKENS).definitions
    except (GraphQLError, RecursionError):
        return False
    operations = [node.operation for node in definitions if isinstance(node, OperationDefinitionNode)]
    return bool(operations) and all(operation is OperationType.QUERY for operation in operations)


def url_only_reads(parameters: Iterable[tuple[str, str]]) -> bool:
    """Whether a URL with these parameters asks for nothing but a reading.

    Other parameters than these could name a document that is kept elsewhere ("persisted"), or be a batch.
    """
    given = list(parameters)
    names = [name for name, _ in given]
    documents = [value for name, value in given if name == "query"]
    return KNOWN_PARAMETERS.issuperset(names) and len(names) == len(set(names)) and all(map(only_reads, documents))
