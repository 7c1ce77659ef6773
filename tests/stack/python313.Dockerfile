# Python 3.13 with the locked dependencies of development; tests/stack/test_python.py runs the fast tests in it.
FROM python:3.13-slim
RUN pip install --no-cache-dir uv
WORKDIR /app
COPY requirements/dev.lock /tmp/dev.lock
RUN --mount=type=cache,target=/root/.cache/uv \
    uv venv --python python3 /venv && VIRTUAL_ENV=/venv uv pip install --require-hashes -r /tmp/dev.lock
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 HYPOTHESIS_STORAGE_DIRECTORY=/tmp/hypothesis
