"""Lambda by boto3, with the role, the log lines and the metrics that belong to a function."""

import base64
import io
import json
import time
import zipfile
from datetime import datetime, timedelta, timezone

from check import client, refused

iam, functions, logs, metrics = (client(name) for name in ["iam", "lambda", "logs", "cloudwatch"])

trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
document = {"Version": "2012-10-17", "Statement": [trust]}
role = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(document))["Role"]
iam.get_waiter("role_exists").wait(RoleName="worker")
iam.attach_role_policy(RoleName="worker", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")
assert iam.get_role(RoleName="worker")["Role"]["AssumeRolePolicyDocument"] == document

SOURCE = """
def handler(event, context):
    print("asked for", event.get("want"))
    if event.get("want") == "trouble":
        raise ValueError("here it is")
    return {"got": event, "version": context.function_version}
"""
code = io.BytesIO()
with zipfile.ZipFile(code, "w") as archive:
    archive.writestr("index.py", SOURCE)
functions.create_function(
    FunctionName="worker",
    Runtime="python3.11",
    Handler="index.handler",
    Role=role["Arn"],
    Code={"ZipFile": code.getvalue()},
)
functions.get_waiter("function_active_v2").wait(FunctionName="worker")

answer = functions.invoke(FunctionName="worker", Payload=json.dumps({"want": "é"}), LogType="Tail")
assert answer["StatusCode"] == 200 and "FunctionError" not in answer
assert json.load(answer["Payload"]) == {"got": {"want": "é"}, "version": "$LATEST"}
assert "asked for é" in base64.b64decode(answer["LogResult"]).decode()

failed = functions.invoke(FunctionName="worker", Payload=b'{"want": "trouble"}')
assert failed["FunctionError"] == "Unhandled"
error = json.load(failed["Payload"])
assert (error["errorType"], error["errorMessage"]) == ("ValueError", "here it is"), error
refused("InvalidRequestContentException", functions.invoke, FunctionName="worker", Payload=b"{")
refused("ResourceNotFoundException", functions.invoke, FunctionName="nobody")
permission = {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
functions.add_permission(FunctionName="worker", **permission)
refused("ResourceConflictException", functions.add_permission, FunctionName="worker", **permission)
names = functions.get_paginator("list_functions").paginate().search("Functions[].FunctionName")
assert list(names) == ["worker"]

# What the function wrote.
found = logs.get_paginator("filter_log_events").paginate(logGroupName="/aws/lambda/worker", filterPattern='"asked for"')
assert [event["message"].strip() for page in found for event in page["events"]] == ["asked for é", "asked for trouble"]

# Log lines of one's own.
logs.create_log_group(logGroupName="own")
refused("ResourceAlreadyExistsException", logs.create_log_group, logGroupName="own")
logs.create_log_stream(logGroupName="own", logStreamName="s")
now = int(time.time() * 1000)
events = [{"timestamp": now + index, "message": f"line {index}"} for index in range(3)]
logs.put_log_events(logGroupName="own", logStreamName="s", logEvents=events)
got = logs.get_log_events(logGroupName="own", logStreamName="s", startFromHead=True)["events"]
assert [event["message"] for event in got] == ["line 0", "line 1", "line 2"]
logs.put_retention_policy(logGroupName="own", retentionInDays=7)
assert logs.describe_log_groups(logGroupNamePrefix="own")["logGroups"][0]["retentionInDays"] == 7

# Metrics, in whichever protocol this botocore speaks.
values = [{"MetricName": "Depth", "Value": value, "Unit": "Count"} for value in (2, 4, 9)]
metrics.put_metric_data(Namespace="Boto", MetricData=values)
span = {
    "StartTime": datetime.now(timezone.utc) - timedelta(minutes=10),
    "EndTime": datetime.now(timezone.utc) + timedelta(minutes=10),
}
points = metrics.get_metric_statistics(
    Namespace="Boto", MetricName="Depth", Period=3600, Statistics=["Sum", "Maximum", "SampleCount"], **span
)["Datapoints"]
assert sum(point["Sum"] for point in points) == 15 and max(point["Maximum"] for point in points) == 9, points
listed = metrics.get_paginator("list_metrics").paginate(Namespace="Boto").search("Metrics[].MetricName")
assert list(listed) == ["Depth"]
query = {"Id": "q", "MetricStat": {"Metric": {"Namespace": "Boto", "MetricName": "Depth"}, "Period": 3600, "Stat": "Sum"}}
results = metrics.get_metric_data(MetricDataQueries=[query], **span)["MetricDataResults"]
assert sum(results[0]["Values"]) == 15, results
invalid = refused("InvalidParameterValue", metrics.put_metric_data, Namespace="AWS/Own", MetricData=values)
assert invalid["ResponseMetadata"]["HTTPStatusCode"] == 400
