#!/usr/bin/env python3
"""OpenMetrics text on standard input -> JSON {family: {type, unit, samples: [{labels, value, exemplar}]}}, read by the parser of Prometheus'
own Python client, which refuses what the format forbids. Debian: python3-prometheus-client."""

import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

families = {}
for family in text_string_to_metric_families(sys.stdin.read()):
    samples = [{"labels": sample.labels, "value": sample.value, "exemplar": sample.exemplar and sample.exemplar.labels} for sample in family.samples]
    families[family.name] = {"type": family.type, "unit": family.unit, "samples": samples}
json.dump(families, sys.stdout)
