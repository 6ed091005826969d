"""Say what is being done and how long it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step, do it, say how many seconds it took.

    The announcement comes first and at once: a person who waits sees for what.
    """
    click.echo(f"-- {title} …", nl=False)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        click.echo(f" 未完成（{time.monotonic() - began:.2f} 秒）")
        raise
    click.echo(f" {time.monotonic() - began:.2f} 秒")
