/** `Code.ZipFile` of a template: source text that CloudFormation zips (Template Reference, "AWS::Lambda::Function Code"). */
import { zipSync, type Zippable } from "fflate";
import { AwsError } from "../../../kernel/errors.ts";

const LONGEST_SOURCE = 4_194_304;

/**
 * The zip of `index.js` or `index.py` and, where the source uses it, CloudFormation's response module; the same bytes for the same
 * source. Raises ValidationError for other runtimes and for more than 4 MB.
 */
export function zipInline(source: string, runtime: string): Uint8Array {
  if (Buffer.byteLength(source) > LONGEST_SOURCE) {
    throw new AwsError("ValidationError", `Code.ZipFile must be ${LONGEST_SOURCE} bytes or less`);
  }
  const files: Record<string, Uint8Array> = {};
  if (runtime.startsWith("nodejs")) {
    files["index.js"] = Buffer.from(source);
    if (source.includes("cfn-response")) files["cfn-response.js"] = Buffer.from(NODE_RESPONSE);
  } else if (runtime.startsWith("python")) {
    files["index.py"] = Buffer.from(source);
    if (source.includes("cfnresponse")) files["cfnresponse.py"] = Buffer.from(PYTHON_RESPONSE);
  } else {
    throw new AwsError(
      "ValidationError",
      `ZipFile can only be used when Runtime is set to Node.js or Python, not ${runtime}`,
    );
  }
  const stamped: Zippable = {};
  for (const [name, bytes] of Object.entries(files)) stamped[name] = [bytes, ATTRIBUTES];
  return zipSync(stamped);
}

/** Unix, `rw-r--r--`, and the first day that a zip can tell: the hash must not depend on when it was made. */
const ATTRIBUTES = { os: 3, attrs: 0o100644 << 16, mtime: new Date(1980, 0, 1) };

/** The page "cfn-response module" says what it offers; the address may be one of this machine, without TLS. */
const NODE_RESPONSE = `"use strict";
exports.SUCCESS = "SUCCESS";
exports.FAILED = "FAILED";
exports.send = (event, context, responseStatus, responseData, physicalResourceId, noEcho) =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify({
      Status: responseStatus,
      Reason: "See the details in CloudWatch Log Stream: " + context.logStreamName,
      PhysicalResourceId: physicalResourceId || context.logStreamName,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
      NoEcho: noEcho || false,
      Data: responseData,
    });
    console.log("Response body:\\n", body);
    const url = new URL(event.ResponseURL);
    const headers = { "content-type": "", "content-length": Buffer.byteLength(body) };
    const request = require(url.protocol === "http:" ? "http" : "https").request(
      url,
      { method: "PUT", headers },
      (response) => {
        console.log("Status code: " + response.statusCode);
        response.resume();
        resolve(context.done ? context.done() : undefined);
      },
    );
    request.on("error", (error) => {
      console.log("send(..) failed executing https.request(..): " + error);
      reject(context.done ? context.done(error) : error);
    });
    request.end(body);
  });
`;

const PYTHON_RESPONSE = `import json
import urllib.request

SUCCESS = "SUCCESS"
FAILED = "FAILED"


def send(event, context, responseStatus, responseData, physicalResourceId=None, noEcho=False, reason=None):
    body = json.dumps({
        "Status": responseStatus,
        "Reason": reason or "See the details in CloudWatch Log Stream: {}".format(context.log_stream_name),
        "PhysicalResourceId": physicalResourceId or context.log_stream_name,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "NoEcho": noEcho,
        "Data": responseData,
    })
    print("Response body:")
    print(body)
    try:
        request = urllib.request.Request(event["ResponseURL"], data=body.encode(), method="PUT", headers={"content-type": ""})
        with urllib.request.urlopen(request) as response:
            print("Status code:", response.status)
    except Exception as error:
        print("send(..) failed executing http.request(..):", error)
`;
