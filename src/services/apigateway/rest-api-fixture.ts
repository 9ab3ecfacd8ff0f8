/** For the tests: a cloud with a role for functions, REST APIs deployed from a few lines, and requests to them that need no name server. */
import { request } from "node:http";
import { APIGateway, type CreateStageCommandInput } from "@aws-sdk/client-api-gateway";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import type { CloudOptions } from "../../cloud.ts";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";
import { functionOf, ROLE } from "../lambda/function-fixture.ts";

export interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly body: string;
  /** The body as JSON. */
  readonly json: () => unknown;
}

export interface Asked {
  readonly method?: string;
  /** Several values are several headers. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array;
}

/** Of a method: its integration, and what else its operation says. */
export interface Operation {
  readonly to: object;
  readonly [more: string]: unknown;
}

export interface ApiDescription {
  /** By path and method (`any` too). */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  /** Of the document. */
  readonly document?: object;
  /** Of the stage `dev`. */
  readonly stage?: Partial<CreateStageCommandInput>;
}

export interface RestApis {
  readonly cloud: TestCloud;
  readonly gateway: APIGateway;
  readonly lambda: Lambda;
  readonly iam: IAM;
  /** A function whose handler has this body; API Gateway may call it unless `isShut`. Answers its invocation URI. */
  functionOf(name: string, body: string, isShut?: boolean): Promise<string>;
  /** A new API with a stage `dev`. Answers its id. */
  apiOf(description: ApiDescription): Promise<string>;
  /** Asks for a path of an API behind its stage (`dev` unless given). */
  ask(apiId: string, path: string, asked?: Asked, stage?: string): Promise<Answer>;
  /** Asks for a whole path under any host name. */
  askHost(host: string, path: string, asked?: Asked): Promise<Answer>;
  close(): Promise<void>;
}

export const uriOf = (name: string): string =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:${name}/invocations`;

/** A proxy integration with the function of this URI. */
export const proxyTo = (uri: string) => ({ type: "aws_proxy", httpMethod: "POST", uri });

/** A MOCK that answers 200 with this body. */
export const mock = (body = "{}") => ({
  type: "mock",
  requestTemplates: { "application/json": '{"statusCode": 200}' },
  responses: { default: { statusCode: "200", responseTemplates: { "application/json": body } } },
});

export async function startRestApis(options: CloudOptions = {}): Promise<RestApis> {
  const cloud = await startCloud(options);
  const gateway = new APIGateway(cloud.client());
  const lambda = new Lambda(cloud.client());
  const iam = new IAM(cloud.client());
  await iam.createRole(ROLE);

  const askHost = (host: string, path: string, { method = "GET", headers = {}, body }: Asked = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const to = { port: cloud.port, method, path, headers: { ...headers, host } };
      const asked = request(to, (reply) => {
        const chunks: Buffer[] = [];
        reply.on("data", (chunk: Buffer) => chunks.push(chunk));
        reply.on("error", reject);
        reply.on("end", () => {
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString();
          const json = (): unknown => JSON.parse(text);
          resolve({ status: reply.statusCode, headers: reply.headers, bytes, body: text, json });
        });
      });
      asked.on("error", reject);
      asked.end(body);
    });

  return {
    cloud,
    gateway,
    lambda,
    iam,
    askHost,
    async functionOf(name, body, isShut = false) {
      await lambda.createFunction(functionOf(body, name));
      if (!isShut) {
        const Principal = "apigateway.amazonaws.com";
        const Action = "lambda:InvokeFunction";
        await lambda.addPermission({ FunctionName: name, StatementId: "api", Principal, Action });
      }
      await cloud.settled();
      return uriOf(name);
    },
    async apiOf({ paths, document = {}, stage = {} }) {
      const described = Object.entries(paths).map(([path, methods]) => [
        path,
        Object.fromEntries(
          Object.entries(methods).map(([method, { to, ...more }]) => [
            method === "any" ? "x-amazon-apigateway-any-method" : method,
            { responses: {}, ...more, "x-amazon-apigateway-integration": to },
          ]),
        ),
      ]);
      const whole = {
        openapi: "3.0.1",
        info: { title: "api", version: "1" },
        paths: Object.fromEntries(described),
        ...document,
      };
      const { id: restApiId = "" } = await gateway.importRestApi({ body: Buffer.from(JSON.stringify(whole)) });
      const { id: deploymentId } = await gateway.createDeployment({ restApiId });
      await gateway.createStage({ stageName: "dev", ...stage, restApiId, deploymentId });
      return restApiId;
    },
    ask: (apiId, path, asked, stage = "dev") =>
      askHost(`${apiId}.execute-api.us-east-1.amazonaws.com`, `/${stage}${path}`, asked),
    async close() {
      gateway.destroy();
      lambda.destroy();
      iam.destroy();
      await cloud.close();
    },
  };
}
