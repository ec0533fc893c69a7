# One image for every process of the fleet; docker-compose.yml gives each its command.
FROM python:3.12-slim

RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir "uv==0.13.9" && useradd --create-home --uid 1000 storytailor

WORKDIR /app
ENV PATH="/app/.venv/bin:$PATH" UV_COMPILE_BYTECODE=1 PYTHONUNBUFFERED=1

# What changes least comes first: a change of code does not install the packages anew.
COPY pyproject.toml uv.lock README.md ./
RUN uv sync --frozen --no-cache --no-default-groups --group local --no-install-project
COPY . .
RUN uv sync --frozen --no-cache --no-default-groups --group local && chown -R storytailor /app

USER storytailor
