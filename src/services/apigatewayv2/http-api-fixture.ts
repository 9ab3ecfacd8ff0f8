/** For the tests: a cloud with a role for functions, APIs made in a line or two, and requests to them that need no name server. */
import { request } from "node:http";
import { ApiGatewayV2, type CreateRouteCommandInput } from "@aws-sdk/client-apigatewayv2";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import type { CloudOptions } from "../../cloud.ts";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";
import { functionOf, ROLE } from "../lambda/function-fixture.ts";

export interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
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

type RouteOf = Partial<CreateRouteCommandInput> & {
  readonly RouteKey: string;
  /** Of the function behind it, or of the server. */
  readonly to?: string | undefined;
  readonly format?: "1.0" | "2.0";
};

export interface HttpApis {
  readonly cloud: TestCloud;
  readonly gateway: ApiGatewayV2;
  readonly lambda: Lambda;
  /** A function whose handler has this body; API Gateway may call it unless `isShut`. Answers its ARN. */
  functionOf(name: string, body: string, isShut?: boolean): Promise<string>;
  /** An API with these routes and a stage that deploys by itself. Answers its id. */
  apiOf(routes: readonly RouteOf[], stage?: { name?: string; settings?: object; api?: object }): Promise<string>;
  /** Adds a route with an integration of its own. */
  addRoute(ApiId: string, route: RouteOf): Promise<string>;
  /** Asks for a path of an API by its host name. `path` has the stage, but for `$default`. */
  ask(apiId: string, path: string, asked?: Asked): Promise<Answer>;
  /** Asks under any host name. */
  askHost(host: string, path: string, asked?: Asked): Promise<Answer>;
  close(): Promise<void>;
}

export const FUNCTION_ARN = "arn:aws:lambda:us-east-1:000000000000:function:";

export async function startHttpApis(options: CloudOptions = {}): Promise<HttpApis> {
  const cloud = await startCloud(options);
  const gateway = new ApiGatewayV2(cloud.client());
  const lambda = new Lambda(cloud.client());
  const iam = new IAM(cloud.client());
  await iam.createRole(ROLE);
  iam.destroy();

  const askHost = (host: string, path: string, { method = "GET", headers = {}, body }: Asked = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const to = { port: cloud.port, method, path, headers: { ...headers, host } };
      const asked = request(to, (reply) => {
        const chunks: Buffer[] = [];
        reply.on("data", (chunk: Buffer) => chunks.push(chunk));
        reply.on("error", reject);
        reply.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          const json = (): unknown => JSON.parse(text);
          resolve({ status: reply.statusCode, headers: reply.headers, body: text, json });
        });
      });
      asked.on("error", reject);
      asked.end(body);
    });

  async function addRoute(ApiId: string, { to, format = "2.0", ...route }: RouteOf): Promise<string> {
    let { Target } = route;
    if (to !== undefined) {
      const isFunction = to.startsWith("arn:");
      const { IntegrationId } = await gateway.createIntegration({
        ApiId,
        IntegrationUri: to,
        ...(isFunction
          ? { IntegrationType: "AWS_PROXY" as const, PayloadFormatVersion: format }
          : { IntegrationType: "HTTP_PROXY" as const, IntegrationMethod: "ANY" }),
      });
      Target = `integrations/${IntegrationId}`;
    }
    const { RouteId = "" } = await gateway.createRoute({ ...route, ApiId, Target });
    return RouteId;
  }

  return {
    cloud,
    gateway,
    lambda,
    askHost,
    addRoute,
    async functionOf(name, body, isShut = false) {
      await lambda.createFunction(functionOf(body, name));
      if (!isShut) {
        const Principal = "apigateway.amazonaws.com";
        const Action = "lambda:InvokeFunction";
        await lambda.addPermission({ FunctionName: name, StatementId: "api", Principal, Action });
      }
      await cloud.settled();
      return FUNCTION_ARN + name;
    },
    async apiOf(routes, { name = "$default", settings = {}, api = {} } = {}) {
      const { ApiId = "" } = await gateway.createApi({ Name: "api", ProtocolType: "HTTP", ...api });
      for (const route of routes) await addRoute(ApiId, route);
      await gateway.createStage({ ApiId, StageName: name, AutoDeploy: true, ...settings });
      return ApiId;
    },
    ask: (apiId, path, asked) => askHost(`${apiId}.execute-api.us-east-1.amazonaws.com`, path, asked),
    async close() {
      gateway.destroy();
      lambda.destroy();
      await cloud.close();
    },
  };
}
