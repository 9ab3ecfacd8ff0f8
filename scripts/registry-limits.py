#!/usr/bin/env python3
"""Writes scripts/registry-limits.json: what AWS's registry says of properties beyond @aws-cdk/aws-service-spec.

Run by hand with a Python that has cfn-lint, whose package holds the registry's schemas (MIT-0), after a build:

    python3 scripts/registry-limits.py

For the types of SERVICES: lengths, patterns, ranges and numbers of items, by property and by property of a definition. For all types:
what the service spec calls required and the registry does not. Keys are those of src/template/schema/resource-schema.ts.
"""

import glob
import json
import os

import cfnlint

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
REGISTRY = os.path.join(os.path.dirname(cfnlint.__file__), "data", "schemas", "resources")
SERVICES = (
    "ApiGateway ApiGatewayV2 CloudFormation CloudWatch CodeBuild CodeDeploy CodePipeline Cognito DynamoDB Events IAM KMS Kinesis Lambda "
    "Logs Pipes S3 SNS SQS SSM Scheduler SecretsManager StepFunctions"
).split()
STRING = ["minLength", "maxLength", "pattern"]
NUMBER = ["minimum", "maximum"]
ARRAY = ["minItems", "maxItems", "uniqueItems"]
LIMITS = {"string": STRING, "integer": NUMBER, "number": NUMBER, "array": ARRAY}


def resolved(root, node):
    """The node with its reference followed; what stands beside the reference counts too."""
    for _ in range(10):
        if "$ref" not in node:
            return node
        target = root
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target.get(step.replace("~1", "/"), {})
        node = {**{key: value for key, value in node.items() if key != "$ref"}, **target}
    return node


def alternatives(root, node):
    """The node and all that anyOf, oneOf and allOf put beside it."""
    node = resolved(root, node)
    found = [node]
    for keyword in ("anyOf", "oneOf", "allOf"):
        for other in node.get(keyword, []):
            found += alternatives(root, other)
    return found


class Walk:
    """Goes through one type in both forms at once."""

    def __init__(self, ours, registry):
        self.ours, self.registry = ours, registry
        self.properties, self.definitions, self.optional, self.seen = {}, {}, set(), set()

    def members(self, owner, properties, node):
        nodes = alternatives(self.registry, node)
        known = {}
        for one in nodes:
            for name, value in one.get("properties", {}).items():
                known.setdefault(name, value)
        whole = resolved(self.registry, node)
        required = set(whole.get("required", []))
        for one in whole.get("allOf", []):
            required |= set(resolved(self.registry, one).get("required", []))
        limits = self.properties if owner is None else self.definitions.setdefault(owner, {})
        for name, schema in properties.items():
            if schema.get("required") and name not in required:
                self.optional.add(name if owner is None else f"{owner}.{name}")
            if name in known:
                found = self.limits(schema["type"], known[name])
                # One definition under several names in the registry: what all of them say alike.
                if name in limits and limits[name] != found:
                    found = {}
                limits[name] = found

    def limits(self, kind, node):
        nodes = alternatives(self.registry, node)
        if kind["type"] == "ref":
            if kind["name"] not in self.seen:
                self.seen.add(kind["name"])
                self.members(kind["name"], self.ours["definitions"][kind["name"]], node)
            return {}
        if kind["type"] == "tag":
            required = resolved(self.registry, node).get("required", [])
            for name in ("Key", "Value"):
                if name not in required:
                    self.optional.add(f"tag.{name}")
            return {}
        if len(nodes) != 1:
            return {}
        only = nodes[0]
        found = {name: only[name] for name in LIMITS.get(kind["type"], []) if name in only and only[name] not in (0, False)}
        if kind["type"] in ("array", "map") and isinstance(only.get("items"), dict):
            element = self.limits(kind["element"], only["items"])
            if element:
                found["element"] = element
        return found


def without_empty(table):
    return {name: value for name, value in sorted(table.items()) if value}


def main():
    registry = {}
    for file in glob.glob(os.path.join(REGISTRY, "*.json")):
        with open(file, encoding="utf-8") as text:
            schema = json.load(text)
        registry[schema["typeName"]] = schema
    result = {}
    for file in sorted(glob.glob(os.path.join(ROOT, "dist", "schemas", "*_*.json"))):
        with open(file, encoding="utf-8") as text:
            schemas = json.load(text)
        for name, ours in schemas.items():
            # SAM's types are checked by the transform.
            if name not in registry or "transform" in ours:
                continue
            walk = Walk(ours, registry[name])
            walk.members(None, ours["properties"], registry[name])
            entry = {"optional": sorted(walk.optional)}
            if name.split("::")[1] in SERVICES:
                entry["properties"] = without_empty(walk.properties)
                entry["definitions"] = without_empty({k: without_empty(v) for k, v in walk.definitions.items()})
            if without_empty(entry):
                result[name] = without_empty(entry)
    with open(os.path.join(ROOT, "scripts", "registry-limits.json"), "w", encoding="utf-8") as out:
        json.dump(result, out, indent=1, sort_keys=True, ensure_ascii=True)
        out.write("\n")


main()
