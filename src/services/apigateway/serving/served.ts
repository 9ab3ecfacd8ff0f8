/** A deployment made ready to be served: its paths as a router, its templates and models read once. Kept by deployment, which never changes. */
import { createPathRouter, type PathRouter } from "../../../languages/path-template.ts";
import type { NamedPolicy } from "../../../languages/policy/evaluate.ts";
import { schemaFaults, type JsonSchema } from "../../../languages/json-schema.ts";
import { compileVelocity, type VelocityTemplate } from "../../../languages/velocity.ts";
import type { ServiceContext } from "../../../service.ts";
import { isJson } from "../openapi/document.ts";
import { readPolicy } from "../resource-policy.ts";
import { snapshots, type Snapshot, type ResourceNode } from "../state.ts";

export interface Served {
  readonly snapshot: Snapshot;
  readonly router: PathRouter<ResourceNode>;
  readonly policy: NamedPolicy | undefined;
  /** Raises VelocityError. */
  template(text: string): VelocityTemplate;
  /** What is wrong with a body by a model's schema; undefined where there is no such model. */
  modelFaults(model: string, value: unknown): string[] | undefined;
}

export function serve(apiId: string, snapshot: Snapshot, arnPrefix: string): Served {
  const { definition, policy } = snapshot;
  const router = createPathRouter<ResourceNode>();
  for (const node of Object.values(definition.resources)) router.add(node.path, node);
  const templates = new Map<string, VelocityTemplate>();
  const schemas = new Map<string, JsonSchema | undefined>();

  function schemaOf(name: string): JsonSchema | undefined {
    if (!schemas.has(name)) {
      const text = definition.models[name]?.schema;
      const parsed: unknown = text === undefined ? undefined : JSON.parse(text);
      schemas.set(name, isJson(parsed) ? parsed : undefined);
    }
    return schemas.get(name);
  }

  const prefix = `https://apigateway.amazonaws.com/restapis/${apiId}/models/`;
  return {
    snapshot,
    router,
    policy: policy === undefined ? undefined : readPolicy(policy, arnPrefix),
    template(text) {
      const found = templates.get(text) ?? compileVelocity(text);
      templates.set(text, found);
      return found;
    },
    modelFaults(model, value) {
      const schema = schemaOf(model);
      if (schema === undefined) return undefined;
      return schemaFaults(schema, value, (reference) =>
        reference.startsWith(prefix) ? schemaOf(reference.slice(prefix.length)) : undefined,
      );
    },
  };
}

const MOST_KEPT = 64;

export interface ServedDeployments {
  of(context: ServiceContext, apiId: string, deploymentId: string): Served | undefined;
}

/** Keeps the deployments that were served last. */
export function createServedDeployments(): ServedDeployments {
  const kept = new Map<string, Served>();
  return {
    of(context, apiId, deploymentId) {
      const key = `${context.account}/${context.region}/${apiId}/${deploymentId}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const snapshot = context.table(snapshots).get(apiId, deploymentId);
      if (snapshot === undefined) return undefined;
      const made = serve(apiId, snapshot, `arn:aws:execute-api:${context.region}:${context.account}:${apiId}`);
      const [oldest] = kept.keys();
      if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
      kept.set(key, made);
      return made;
    },
  };
}
