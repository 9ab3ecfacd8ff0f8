/** An API as an OpenAPI definition. */
import { stringify } from "yaml";
import type { Handler } from "../../../service.ts";
import { badRequest } from "../errors.ts";
import { findApi, findStage } from "../find.ts";
import { apiEndpoint } from "../names.ts";
import { documentOf } from "../openapi/write.ts";
import type { Sdk } from "../sdk.ts";
import { all, authorizers, integrations, routes, snapshots, type Snapshot } from "../state.ts";

export const ExportApi: Handler<Sdk, "ExportApi"> = (context, input) => {
  const { ApiId, ExportVersion = "1.0", IncludeExtensions = true, OutputType, Specification, StageName } = input;
  const api = findApi(context, ApiId);
  if (Specification !== "OAS30") badRequest("Invalid specification specified. The only supported value is OAS30");
  if (OutputType !== "JSON" && OutputType !== "YAML")
    badRequest("Invalid output type specified. Valid values are JSON and YAML");
  if (ExportVersion !== "1.0") badRequest("Invalid export version specified. The only supported value is 1.0");
  let snapshot: Snapshot = {
    routes: all(context.table(routes).list([ApiId])),
    integrations: all(context.table(integrations).list([ApiId])),
    authorizers: all(context.table(authorizers).list([ApiId])),
    cors: api.CorsConfiguration,
  };
  let url = apiEndpoint(context, ApiId);
  if (StageName !== undefined) {
    const { DeploymentId } = findStage(context, ApiId, StageName);
    const deployed = DeploymentId === undefined ? undefined : context.table(snapshots).get(ApiId, DeploymentId);
    snapshot = deployed ?? badRequest(`The stage ${StageName} has no deployment to export`);
    if (StageName !== "$default") url += `/${StageName}`;
  }
  const document = documentOf(api, snapshot, url, IncludeExtensions);
  return { body: Buffer.from(OutputType === "JSON" ? JSON.stringify(document) : stringify(document)) };
};
