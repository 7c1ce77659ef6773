"""The kernel: code that every service uses and that knows no service."""

__version__ = "0.1.0"  # of the whole project: pyproject.toml, the HTTP API, asyncapi.yaml and `ccp --version` read it
