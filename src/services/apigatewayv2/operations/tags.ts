/** Tags of APIs, stages and domain names, which a tag operation names by their ARN. */
import { tryParseArn } from "../../../languages/arn.ts";
import type { Handler, ServiceContext } from "../../../service.ts";
import { badRequest, notFound } from "../errors.ts";
import { findApi, findStage } from "../find.ts";
import type { Sdk } from "../sdk.ts";
import { apis, domains, stages } from "../state.ts";
import { checkTags } from "../tags.ts";

type Tags = Readonly<Record<string, string>>;

interface Tagged {
  readonly tags: Tags;
  /** Inside a transaction. */
  keep(tags: Record<string, string>): void;
}

function find(context: ServiceContext, arn: string): Tagged {
  const path = tryParseArn(arn)?.resource ?? "";
  const [, apiId, stageName] = /^\/apis\/([^/]+)(?:\/stages\/([^/]+))?$/.exec(path) ?? [];
  if (apiId !== undefined && stageName !== undefined) {
    const row = findStage(context, apiId, stageName);
    return { tags: row.Tags ?? {}, keep: (Tags) => context.table(stages).put([apiId, stageName], { ...row, Tags }) };
  }
  if (apiId !== undefined) {
    const row = findApi(context, apiId);
    return { tags: row.Tags ?? {}, keep: (Tags) => context.table(apis).put([apiId], { ...row, Tags }) };
  }
  const [, domainName] = /^\/domainnames\/([^/]+)$/.exec(path) ?? [];
  if (domainName === undefined) badRequest(`Invalid ARN specified in the request: ${arn}`);
  const row = context.table(domains).get(domainName);
  if (row === undefined || row.account !== context.account) {
    throw notFound("DomainName", "Invalid domain name identifier specified");
  }
  return { tags: row.Tags ?? {}, keep: (Tags) => context.table(domains).put([domainName], { ...row, Tags }) };
}

export const TagResource: Handler<Sdk, "TagResource"> = (context, { ResourceArn, Tags = {} }) => {
  const found = find(context, ResourceArn);
  const tags = { ...found.tags, ...Tags };
  checkTags(tags);
  found.keep(tags);
  return {};
};

export const UntagResource: Handler<Sdk, "UntagResource"> = (context, { ResourceArn, TagKeys }) => {
  const found = find(context, ResourceArn);
  found.keep(Object.fromEntries(Object.entries(found.tags).filter(([key]) => !TagKeys.includes(key))));
  return {};
};

export const GetTags: Handler<Sdk, "GetTags"> = (context, { ResourceArn }) => ({
  Tags: { ...find(context, ResourceArn).tags },
});
