/** Tags, of what has an ARN: APIs, stages, keys, usage plans, domain names. */
import type { Operations, ServiceContext } from "../../../service.ts";
import { badRequest, notFound } from "../errors.ts";
import type { Sdk } from "../sdk.ts";
import { apiKeys, apis, domains, stages, usagePlans } from "../state.ts";

type Tags = Record<string, string>;

interface Tagged {
  readonly tags: Tags;
  put(tags: Tags): void;
}

function find(context: ServiceContext, arn: string): Tagged {
  const [, path = ""] = /^arn:[^:]+:apigateway:[^:]*::(\/.+)$/.exec(decoded(arn)) ?? [];
  const [kind = "", id = "", stage, name = ""] = path.slice(1).split("/");
  if (stage !== undefined && stage !== "stages") return badRequest("Invalid ARN");
  switch (kind) {
    case "restapis": {
      if (stage === "stages") return row(context.table(stages), [id, name]);
      return row(context.table(apis), [id]);
    }
    case "apikeys":
      return row(context.table(apiKeys), [id]);
    case "usageplans":
      return row(context.table(usagePlans), [id]);
    case "domainnames":
      return row(context.table(domains), [id]);
    default:
      return badRequest("Invalid resource ARN");
  }
}

function row<Row extends { tags?: Tags | undefined }>(
  table: { get(...key: string[]): Row | undefined; put(key: string[], row: Row): void },
  key: string[],
): Tagged {
  const found = table.get(...key);
  if (found === undefined) return notFound("Invalid resource identifier specified");
  return { tags: found.tags ?? {}, put: (tags) => table.put(key, { ...found, tags }) };
}

function decoded(arn: string): string {
  return arn.includes("%") ? decodeURIComponent(arn) : arn;
}

/** AWS page "Amazon API Gateway tag restrictions". */
const MOST_TAGS = 50;

export const tagOperations = {
  TagResource(context, { resourceArn, tags }) {
    const found = find(context, resourceArn);
    const isOwn = context.calledVia.at(-1) === "cloudformation";
    if (!isOwn && Object.keys(tags).some((key) => key.toLowerCase().startsWith("aws:"))) {
      badRequest("Tag keys starting with 'aws:' are reserved for system use");
    }
    const all = { ...found.tags, ...tags };
    if (Object.keys(all).filter((key) => !key.startsWith("aws:")).length > MOST_TAGS) {
      badRequest(`Resource cannot have more than ${MOST_TAGS} tags`);
    }
    found.put(all);
    return {};
  },

  UntagResource(context, { resourceArn, tagKeys }) {
    const found = find(context, resourceArn);
    found.put(Object.fromEntries(Object.entries(found.tags).filter(([key]) => !tagKeys.includes(key))));
    return {};
  },

  GetTags: (context, { resourceArn }) => ({ tags: find(context, resourceArn).tags }),
} satisfies Operations<Sdk>;
