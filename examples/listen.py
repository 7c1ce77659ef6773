"""Print every call that is published, changed, withdrawn or closed. Requires `pip install aio-pika`.

python listen.py [amqp://user:password@host:port/]
"""

import asyncio
import json
import os
import sys

import aio_pika

URL = f"amqp://outside:{os.environ.get('CCP_BROKER_PASSWORD_OUTSIDE')}@127.0.0.1:5673/"  # the password is in .env
QUEUE = "outside.my-service"  # your own name, so that no other service takes your events


async def main(url: str) -> None:
    connection = await aio_pika.connect_robust(url)
    async with connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=10)
        queue = await channel.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        await queue.bind("ccp.events", "calls.call.*.v1")  # the routing key is the type of event
        print("listening", flush=True)
        async with queue.iterator() as messages:
            async for message in messages:
                async with message.process():  # acknowledges when the block ends without an error
                    event = json.loads(message.body)  # CloudEvents 1.0; remember event["id"]: it may arrive twice
                    call = event["data"]["call"]
                    print(event["type"], call["title"], "until", call["deadline"], flush=True)


asyncio.run(main(*sys.argv[1:] or [URL]))
