"""A service of your own: prints every call that opens, changes or closes. Needs `pip install aio-pika`.

python listen.py [amqp://user:password@host:port/]
"""

import asyncio
import json
import sys

import aio_pika

URL = "amqp://outside:broker-of-this-machine@127.0.0.1:5673/"  # what docker-compose.yml sets up
QUEUE = "outside.my-service"  # your name, so that nobody else gets your copies


async def main(url: str) -> None:
    connection = await aio_pika.connect_robust(url)
    async with connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=10)
        queue = await channel.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        await queue.bind("ccp.events", "calls.call.*.v1")  # one routing key for each type of event
        print("listening", flush=True)
        async with queue.iterator() as messages:
            async for message in messages:
                async with message.process():  # acknowledged when the block ends without an error
                    event = json.loads(message.body)  # CloudEvents 1.0; remember event["id"]: it may come twice
                    call = event["data"]["call"]
                    print(event["type"], call["title"], "until", call["deadline"], flush=True)


asyncio.run(main(*sys.argv[1:] or [URL]))
