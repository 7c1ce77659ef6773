"""`ccp keys`: replace the key that signs access tokens."""

from pathlib import Path
from typing import Annotated

import typer

from ccp.options import Data, console

app = typer.Typer(no_args_is_help=True, help="Keys that sign access tokens: replace them.")


@app.callback()
def root() -> None:
    pass


@app.command("rotate")
def rotate_keys(
    at_once: Annotated[
        bool, typer.Option("--at-once", help="The key leaked: trust no earlier key, end all log-ins and API tokens.")
    ] = False,
    data: Data = Path("var"),
) -> None:
    """Sign access tokens with a new key. Earlier tokens stay valid until they end, unless the key leaked."""
    from ccp.keys import rotate
    from services.__main__ import run
    from shared.settings import Settings

    key_id, ended = run(rotate(Settings(data_dir=data), at_once=at_once))
    console.print(f"access tokens are signed with the key {key_id}")
    if at_once:
        console.print(f"{ended} log-ins and API tokens ended; no earlier key is trusted")
