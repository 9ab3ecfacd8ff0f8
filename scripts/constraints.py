#!/usr/bin/env python3
"""Takes what AWS checks of an input (lengths, ranges, patterns, enums) out of botocore's service models.

The JavaScript SDK's schemas leave these out. A developer runs this by hand when a client's version moves; the result,
src/wire/constraints/*.json, is committed, so that a build needs no Python. botocore is Apache-2.0 (see NOTICE).
"""
import json
import pathlib

import botocore
import botocore.loaders

SERVICES = ["sts", "iam", "s3", "lambda", "logs", "cloudwatch", "cloudformation", "sqs", "ssm", "codedeploy", "apigateway", "apigatewayv2"]
TARGET = pathlib.Path(__file__).resolve().parent.parent / "src" / "wire" / "constraints"
FLOATS = ("float", "double")
# Patterns that every text matches.
NO_PATTERN = {".*", "^.*$", "[\\s\\S]*", "^[\\s\\S]*$", "[\\S\\s]*", "(.|\\s)*", "[\\s\\S]+", ".+"}


def references(shape):
    """The names of the shapes that a shape is made of."""
    if shape["type"] == "structure":
        return [m["shape"] for m in shape.get("members", {}).values()]
    return [shape[k]["shape"] for k in ("member", "key", "value") if k in shape]


def reachable(shapes, roots):
    found, todo = set(), list(roots)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(references(shapes[name]))
    return found


def own(shape, checked):
    """What this shape itself says, without its members."""
    out = {}
    if shape["type"] in FLOATS:
        out["double"] = True
    if checked:
        for key in ("min", "max"):
            if key in shape:
                out[key] = shape[key]
        if shape.get("pattern") and shape["pattern"] not in NO_PATTERN:
            out["pattern"] = shape["pattern"]
        if shape.get("enum"):
            out["enum"] = shape["enum"]
    return out


def extract(service):
    model = botocore.loaders.Loader().load_service_model(service, "service-2")
    shapes, operations = model["shapes"], model["operations"]
    inputs = reachable(shapes, [o["input"]["shape"] for o in operations.values() if "input" in o])
    useful = {name: own(shape, name in inputs) for name, shape in shapes.items()}
    kept = {name for name, says in useful.items() if says}
    while True:  # a shape is worth keeping when something that it is made of is
        more = {n for n, s in shapes.items() if n not in kept and any(r in kept for r in references(s))}
        if not more:
            break
        kept |= more
    out = {}
    for name in sorted(kept):
        shape, entry = shapes[name], dict(useful[name])
        if shape["type"] == "structure":
            entry["members"] = {m: r["shape"] for m, r in shape["members"].items() if r["shape"] in kept}
        for part in ("member", "key", "value"):
            if part in shape and shape[part]["shape"] in kept:
                entry[part] = shape[part]["shape"]
        out[name] = entry
    ends = {}
    for name, operation in sorted(operations.items()):
        pair = [operation.get(end, {}).get("shape") for end in ("input", "output")]
        ends[name] = [p if p in kept else None for p in pair]
    lines = ["{", f' "source": "botocore {botocore.__version__}",', ' "operations": {']
    lines.append(",\n".join(f"  {json.dumps(n)}: {json.dumps(p)}" for n, p in ends.items() if p != [None, None]))
    lines += [" },", ' "shapes": {']
    lines.append(",\n".join(f"  {json.dumps(n)}: {json.dumps(e)}" for n, e in out.items()))
    lines += [" }", "}", ""]
    (TARGET / f"{service}.json").write_text("\n".join(lines))


if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in SERVICES:
        extract(name)
