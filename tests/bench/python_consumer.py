"""What driftd is measured against in R4: the consumer that a data scientist writes. Prints CPU nanoseconds per event of the whole process.

    python_consumer.py BROKERS TOPIC PARTITIONS EVENTS

Consumes in batches (confluent-kafka), parses (json), counts each number in 256 cells (bisect), and feeds one number to River's ADWIN.
"""

import bisect
import json
import random
import sys
import time

import confluent_kafka
from river import drift

SETTINGS = {"group.id": "bench", "check.crcs": True, "enable.auto.commit": False, "enable.auto.offset.store": False,
            "fetch.wait.max.ms": 10, "queued.min.messages": 1000000, "queued.max.messages.kbytes": 262144}


def edges():
    source = random.Random(1)
    values = sorted(source.lognormvariate(0, 1.5) for _ in range(4096))
    return values[16::16]


def main(brokers, topic, partitions, events):
    consumer = confluent_kafka.Consumer({"bootstrap.servers": brokers, **SETTINGS})
    cells, counts, adwin = edges(), {}, drift.ADWIN()
    start = time.process_time()
    consumer.assign([confluent_kafka.TopicPartition(topic, partition, 0) for partition in range(int(partitions))])
    done = 0
    while done < int(events):
        for message in consumer.consume(1000, timeout=0.1):
            if message.error():
                raise SystemExit(message.error())
            done += 1
            record = json.loads(message.value())
            for name, value in record.items():
                if name != "ts" and not isinstance(value, str):
                    column = counts.get(name)
                    if column is None:
                        column = counts[name] = [0] * (len(cells) + 1)
                    column[bisect.bisect_left(cells, value)] += 1
            adwin.update(record["age"])
    print((time.process_time() - start) * 1e9 / done)
    consumer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
