/** Log groups: made, described, deleted, kept for a time. */
import { AwsError } from "../../../kernel/errors.ts";
import type { Handler, ServiceContext } from "../../../service.ts";
import { groupArn, groupIdentified, groupNameIn, groupNamed, invalid, unsupported } from "../names.ts";
import { DESCRIBE_LIMIT, readToken, takePage } from "../paging.ts";
import { checkRetention } from "../rules.ts";
import { setExpiry } from "../retention.ts";
import type { Sdk } from "../sdk.ts";
import { groups, type LogGroup } from "../state.ts";
import { checkTags } from "../tags.ts";

export const CreateLogGroup: Handler<Sdk, "CreateLogGroup"> = (context, input) => {
  const name = input.logGroupName;
  const table = context.table(groups);
  if (table.has(name)) throw new AwsError("ResourceAlreadyExistsException", "The specified log group already exists");
  checkTags(context, input.tags ?? {});
  table.put([name], {
    name,
    id: context.random.hex(16),
    createdAt: context.now,
    class: input.logGroupClass ?? "STANDARD",
    tags: input.tags ?? {},
    kmsKeyId: input.kmsKeyId,
    deletionProtection: input.deletionProtectionEnabled ?? false,
    storedBytes: 0,
    sequence: 0,
    longestSpanMs: 0,
    metricFilters: 0,
    subscriptionFilters: 0,
  });
  return {};
};

export const DeleteLogGroup: Handler<Sdk, "DeleteLogGroup"> = (context, input) => {
  const group = groupNamed(context, input.logGroupName);
  if (group.deletionProtection) {
    throw new AwsError(
      "ValidationException",
      "The log group is protected against deletion. Turn deletion protection off before you delete it.",
    );
  }
  context.table(groups).remove(group.name);
  context.deadlines.cancel({ name: "expire", key: group.id });
  // What it held hangs on its id, which nobody can reach any more: swept afterwards, a slice at a time.
  context.deadlines.set({ name: "sweep", key: group.id, due: context.now });
  return {};
};

export const DescribeLogGroups: Handler<Sdk, "DescribeLogGroups"> = (context, input) => {
  const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern, logGroupIdentifiers: identifiers } = input;
  refuseLinkedAccounts("DescribeLogGroups", input);
  if (prefix !== undefined && pattern !== undefined) {
    invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  }
  if (identifiers !== undefined) {
    if (prefix !== undefined || pattern !== undefined || input.logGroupClass !== undefined) {
      invalid("logGroupIdentifiers cannot be combined with another filter.");
    }
    const table = context.table(groups);
    const found = identifiers.map((identifier) => table.get(groupNameIn(context, identifier)));
    return { logGroups: found.filter((group) => group !== undefined).map((group) => describe(context, group)) };
  }
  const found = matching(context, {
    prefix: prefix ?? "",
    wanted: (group) =>
      (pattern === undefined || group.name.toLowerCase().includes(pattern.toLowerCase())) &&
      (input.logGroupClass === undefined || group.class === input.logGroupClass),
    token: input.nextToken,
  });
  const { page, nextToken } = takePage(found, input.limit ?? DESCRIBE_LIMIT, (group) => group.name);
  return { logGroups: page.map((group) => describe(context, group)), nextToken };
};

export const ListLogGroups: Handler<Sdk, "ListLogGroups"> = (context, input) => {
  refuseLinkedAccounts("ListLogGroups", input);
  for (const member of ["dataSources", "fieldIndexNames"] as const) {
    if (input[member] !== undefined)
      unsupported("ListLogGroups", member, "there is nothing here that it could choose by");
  }
  const alternatives = input.logGroupNamePattern?.split("|");
  const found = matching(context, {
    prefix: "",
    wanted: (group) =>
      (alternatives === undefined || alternatives.some((text) => nameMatches(group.name, text))) &&
      (input.logGroupClass === undefined || group.class === input.logGroupClass) &&
      (input.logGroupTags ?? []).every(({ key, values }) => {
        const value = group.tags[key];
        return value !== undefined && (values === undefined || values.length === 0 || values.includes(value));
      }),
    token: input.nextToken,
  });
  const { page, nextToken } = takePage(found, input.limit ?? DESCRIBE_LIMIT, (group) => group.name);
  return {
    logGroups: page.map((group) => ({
      logGroupName: group.name,
      logGroupArn: groupArn(context, group.name),
      logGroupClass: group.class,
    })),
    nextToken,
  };
};

export const PutRetentionPolicy: Handler<Sdk, "PutRetentionPolicy"> = (context, input) => {
  const group = groupNamed(context, input.logGroupName);
  checkRetention(input.retentionInDays);
  context.table(groups).put([group.name], { ...group, retentionInDays: input.retentionInDays });
  setExpiry(context, group, input.retentionInDays);
  return {};
};

export const DeleteRetentionPolicy: Handler<Sdk, "DeleteRetentionPolicy"> = (context, input) => {
  const group = groupNamed(context, input.logGroupName);
  context.table(groups).put([group.name], { ...group, retentionInDays: undefined });
  setExpiry(context, group, undefined);
  return {};
};

export const PutLogGroupDeletionProtection: Handler<Sdk, "PutLogGroupDeletionProtection"> = (context, input) => {
  const group = groupIdentified(context, input.logGroupIdentifier);
  context.table(groups).put([group.name], { ...group, deletionProtection: input.deletionProtectionEnabled });
  return {};
};

export const AssociateKmsKey: Handler<Sdk, "AssociateKmsKey"> = (context, input) => {
  if (input.resourceIdentifier !== undefined) {
    unsupported("AssociateKmsKey", "resourceIdentifier", "query results are not there; give logGroupName");
  }
  if (input.logGroupName === undefined) invalid("logGroupName must be specified.");
  const group = groupNamed(context, input.logGroupName);
  context.table(groups).put([group.name], { ...group, kmsKeyId: input.kmsKeyId });
  return {};
};

export const DisassociateKmsKey: Handler<Sdk, "DisassociateKmsKey"> = (context, input) => {
  if (input.resourceIdentifier !== undefined) {
    unsupported("DisassociateKmsKey", "resourceIdentifier", "query results are not there; give logGroupName");
  }
  if (input.logGroupName === undefined) invalid("logGroupName must be specified.");
  const group = groupNamed(context, input.logGroupName);
  context.table(groups).put([group.name], { ...group, kmsKeyId: undefined });
  return {};
};

/** Groups by name, behind `token`. */
function* matching(
  context: ServiceContext,
  { prefix, wanted, token }: { prefix: string; wanted: (group: LogGroup) => boolean; token: string | undefined },
): Iterable<LogGroup> {
  const last = token === undefined ? undefined : readToken(token);
  const from = last === undefined ? {} : { from: last };
  for (const [, group] of context.table(groups).beginning([], prefix, from)) {
    if (group.name !== last && wanted(group)) yield group;
  }
}

function nameMatches(name: string, alternative: string): boolean {
  return alternative.startsWith("^") ? name.startsWith(alternative.slice(1)) : name.includes(alternative);
}

function refuseLinkedAccounts(
  operation: string,
  input: {
    readonly includeLinkedAccounts?: boolean | undefined;
    readonly accountIdentifiers?: readonly string[] | undefined;
  },
): void {
  const why = "accounts are not linked to monitoring accounts here";
  if (input.includeLinkedAccounts === true) unsupported(operation, "includeLinkedAccounts", why);
  if (input.accountIdentifiers !== undefined && input.accountIdentifiers.length > 0) {
    unsupported(operation, "accountIdentifiers", why);
  }
}

function describe(context: ServiceContext, group: LogGroup) {
  const arn = groupArn(context, group.name);
  return {
    logGroupName: group.name,
    creationTime: group.createdAt,
    ...(group.retentionInDays === undefined ? {} : { retentionInDays: group.retentionInDays }),
    metricFilterCount: group.metricFilters,
    arn: `${arn}:*`,
    storedBytes: group.storedBytes,
    ...(group.kmsKeyId === undefined ? {} : { kmsKeyId: group.kmsKeyId }),
    logGroupClass: group.class,
    logGroupArn: arn,
    deletionProtectionEnabled: group.deletionProtection,
  };
}
