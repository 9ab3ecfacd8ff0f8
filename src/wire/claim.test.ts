/** What is claimed from requests that no SDK would send so, and what is told of those that nobody can claim. */
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { isAwsError } from "../kernel/errors.ts";
import { claim, spokenBy } from "./claim.ts";
import type { Claim } from "./claim.ts";
import type { HttpRequest } from "./http.ts";
import { loadModel } from "./tables.ts";

const models = ["sts", "iam", "s3", "lambda", "logs", "cloudwatch", "cloudformation", "ssm", "sqs"].map(loadModel);

function requestOf(parts: Partial<HttpRequest>): HttpRequest {
  return { method: "POST", path: "/", query: "", headers: {}, body: Readable.from([]), ...parts };
}

function signedFor(service: string): { readonly authorization: string } {
  return { authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20260102/eu-west-1/${service}/aws4_request, Signature=0` };
}

function claimOf(parts: Partial<HttpRequest>, form = ""): Promise<Claim> {
  return claim(requestOf(parts), models, () => Buffer.from(form));
}

async function codeOf(claimed: Promise<Claim>): Promise<string> {
  try {
    return (await claimed).operation.name;
  } catch (error) {
    return isAwsError(error) ? `${error.code} ${error.details.status}` : String(error);
  }
}

describe("Claiming", () => {
  test("An unknown JSON operation is UnknownOperationException", async () => {
    const headers = { ...signedFor("logs"), "x-amz-target": "Logs_20140328.Nope" };
    expect(await codeOf(claimOf({ headers }))).toBe("UnknownOperationException 400");
    expect(await codeOf(claimOf({ headers: { ...headers, "x-amz-target": "Nope" } }))).toBe(
      "UnknownOperationException 400",
    );
    const unknownPath = claimOf({ method: "GET", path: "/2015-03-31/nope", headers: signedFor("lambda") });
    expect(await codeOf(unknownPath)).toBe("UnknownOperationException 404");
  });

  test("A service that is not among the models is refused by name, in the form that its callers read", async () => {
    const headers = { ...signedFor("dynamodb"), "x-amz-target": "DynamoDB_20120810.ListTables" };
    await expect(claimOf({ headers })).rejects.toThrow("The service 'dynamodb' is not part of this Seatrial.");
    expect(spokenBy(requestOf({ headers }), models).protocol).toBe("awsJson1_1");
    const rest = requestOf({ method: "GET", path: "/restapis", headers: signedFor("apigateway") });
    expect(spokenBy(rest, models)).toMatchObject({ protocol: "restJson1" });
    expect(await codeOf(claimOf(rest))).toBe("NotImplemented 501");
  });

  test("Two services of one signing name are told apart by their paths, and what neither knows is the first one's error", async () => {
    const both = ["apigateway", "apigatewayv2"].map(loadModel);
    const headers = signedFor("apigateway");
    const claimed = async (method: string, path: string) => {
      const { model, operation } = await claim(requestOf({ method, path, headers }), both, () => Buffer.from(""));
      return `${model.name} ${operation.name}`;
    };
    expect(await claimed("GET", "/restapis/a/stages/dev")).toBe("apigateway GetStage");
    expect(await claimed("GET", "/v2/apis/a/stages/dev")).toBe("apigatewayv2 GetStage");
    expect(await claimed("GET", "/tags/arn%3Aa")).toBe("apigateway GetTags");
    expect(await claimed("GET", "/v2/tags/arn%3Aa")).toBe("apigatewayv2 GetTags");
    await expect(claimed("GET", "/v3/apis")).rejects.toMatchObject({ code: "UnknownOperationException" });
  });

  test("A path with a slash at its end is the same path, and a label may be an ARN with escapes", async () => {
    const headers = signedFor("lambda");
    expect(await codeOf(claimOf({ method: "GET", path: "/2015-03-31/functions/", headers }))).toBe("ListFunctions");
    const path = "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A000000000000%3Afunction%3Af/invocations";
    const { labels } = await claimOf({ path, headers });
    expect(labels).toEqual({ FunctionName: "arn:aws:lambda:eu-west-1:000000000000:function:f" });
    const broken = claimOf({ path: "/2015-03-31/functions/%zz/invocations", headers });
    expect(await codeOf(broken)).toBe("BadRequestException 400");
  });

  test("A constant query makes the more specific route win", async () => {
    const headers = signedFor("lambda");
    const at = { method: "GET", path: "/2018-10-31/layers", headers };
    expect(await codeOf(claimOf(at))).toBe("ListLayers");
    expect(await codeOf(claimOf({ ...at, query: "find=LayerVersion&Arn=a" }))).toBe("GetLayerVersionByArn");
  });

  test("Unsigned requests are Lambda's by their path, a Query service's by their form, S3's otherwise", async () => {
    const lambda = await claimOf({ path: "/2015-03-31/functions/f/invocations" });
    expect(lambda.model.name).toBe("lambda");
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect((await claimOf({ headers }, "Action=ListRoles&Version=2010-05-08")).model.name).toBe("iam");
    const object = await claimOf({ method: "GET", path: "/bucket/dir/a%20b+c", query: "response-content-type=x%2Fy" });
    expect(object.operation.name).toBe("GetObject");
    expect(object.labels).toEqual({ Bucket: "bucket", Key: "dir/a b+c" });
  });

  test("A presigned URL tells its service and region", async () => {
    const query = "X-Amz-Credential=AKIA%2F20260102%2Fus-east-2%2Fs3%2Faws4_request&x-id=GetObject";
    const claimed = await claimOf({ method: "GET", path: "/b/k", query });
    expect([claimed.operation.name, claimed.region]).toEqual(["GetObject", "us-east-2"]);
  });
});
