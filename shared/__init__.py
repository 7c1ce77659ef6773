"""What every service stands on; it knows nothing about any one of them."""

__version__ = "0.1.0"  # of the whole project: pyproject.toml, the HTTP API, asyncapi.yaml and `ccp --version` read it
