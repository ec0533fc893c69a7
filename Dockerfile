# Two images. `product`, the default, runs every process of the fleet; docker-compose.yml gives each its command.
# `emulator` stands in for OpenAI and ElevenLabs and contains nothing of the product.
# The installed files belong to root: the processes may read them, not change them.

# The digest is the public one of this tag (docs/deployment.md says how it was found, and how to change it).
ARG PYTHON=python:3.12.14-slim-trixie@sha256:78387bc3881b8273120a12ebe6c1ab22b018ccc2c9adf565ae1ac9b536e184ea

FROM ${PYTHON} AS builder
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /build
ENV UV_PROJECT_ENVIRONMENT=/app/.venv UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
COPY pyproject.toml uv.lock ./

FROM builder AS product-builder
# The dependencies are a layer of their own: a change of code does not install them anew.
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --frozen --no-default-groups --no-install-workspace
COPY storytailor storytailor
COPY storytailor_dagster storytailor_dagster
COPY storytailor_cli storytailor_cli
COPY api api
COPY README.md LICENSE ./
# Reinstalled, or uv would take the wheel it built of an earlier state of the same folder out of its cache.
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --frozen --no-default-groups --no-editable --reinstall-package storytailor
# What no process reads: source maps of Dagster's UI, c2pa's library for linking, numpy's tests, what compilers and type
# checkers read, and the AWS services we do not call.
RUN cd /app/.venv/lib/python3.*/site-packages \
    && find dagster_webserver -name "*.map" -delete \
    && find c2pa -name "*.rlib" -delete \
    && find . \( -name "*.pyi" -o -name "*.pyx" -o -name "*.pxd" -o -name "*.c" -o -name "*.h" \) -delete \
    && find numpy -type d -name tests -prune -exec rm -r {} + \
    && find botocore/data -mindepth 1 -maxdepth 1 -type d \
        ! -name s3 ! -name ssm ! -name sts ! -name sso ! -name sso-oidc ! -name signin -exec rm -r {} +

FROM builder AS emulator-builder
COPY packages packages
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --frozen --no-default-groups --no-editable --package storytailor-emulator \
    --reinstall-package storytailor-emulator --reinstall-package storytailor-emulator-models

FROM ${PYTHON} AS runtime
RUN useradd --uid 1000 --create-home storytailor
WORKDIR /app
ENV PATH="/app/.venv/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER storytailor

FROM runtime AS emulator
COPY --from=emulator-builder /app/.venv .venv

FROM runtime AS product
COPY --from=product-builder /app/.venv .venv
COPY LICENSE NOTICE workspace.yaml dagster.yaml ./
ENV DAGSTER_HOME=/app
