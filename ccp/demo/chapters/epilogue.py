"""The end of the story: new calls and a gathering, so that something is open when people look around."""

from ccp.demo import prologue
from ccp.demo.cast import Cast
from ccp.demo.chapters.plot import act


async def look_ahead(cast: Cast) -> None:
    """Publish what is open when the story ends."""
    sequel = cast.sequel
    await cast.each("gatherings are announced", sequel["later_gatherings"], lambda fact: prologue.gather(cast, fact))
    await cast.each("calls open anew", sequel["later_calls"], lambda fact: prologue.publish(cast, fact))


ACTS = [act("2017-01-04T09:00", "new calls and a conference are announced for 2017", look_ahead)]
