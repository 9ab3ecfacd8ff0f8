"""The original's side of bench/sam-transform.mjs: aws-sam-translator in one process over the same inputs.

Reads the cases' folder and the number of rounds from argv; prints, as JSON, the milliseconds of each round over all the
inputs (parsing not counted) and how many were transformed.
"""
import copy
import json
import pathlib
import sys
import time

import yaml
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

folder, rounds = pathlib.Path(sys.argv[1]), int(sys.argv[2])
names = sys.stdin.read().split()


class Policies:
    def load(self):
        return {
            "AWSLambdaBasicExecutionRole": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
            "AWSLambdaRole": "arn:aws:iam::aws:policy/service-role/AWSLambdaRole",
            "AmazonDynamoDBFullAccess": "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess",
            "AmazonDynamoDBReadOnlyAccess": "arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess",
            "AWSXrayWriteOnlyAccess": "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess",
        }


class Session:
    region_name = "ap-southeast-1"


import boto3  # noqa: E402

boto3.session.Session.region_name = property(lambda self: "ap-southeast-1")

inputs = {}
for name in names:
    inputs[name] = yaml_parse((folder / "input" / (name + ".yaml")).read_text())

done, times = set(), []
for _ in range(rounds):
    templates = {name: copy.deepcopy(value) for name, value in inputs.items()}
    begun = time.perf_counter()
    for name, template in templates.items():
        try:
            transform(template, {"param1": "value1", "param2": "value2"}, Policies())
            done.add(name)
        except Exception:
            pass
    times.append((time.perf_counter() - begun) * 1000)
print(json.dumps({"times": times, "done": len(done)}))
