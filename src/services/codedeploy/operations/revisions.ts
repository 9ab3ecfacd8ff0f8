/** Application revisions: AppSpec files that an application knows. */
import type { Handler, ServiceContext } from "../../../service.ts";
import { refuse } from "../errors.ts";
import { applicationNamed } from "../names.ts";
import { checkBatch, takePage } from "../paging.ts";
import { checkedRevision, revisionKey } from "../revision-key.ts";
import type { Sdk } from "../sdk.ts";
import { revisionInfo, targetGroups } from "../shown.ts";
import { revisions, type Revision, type RevisionRow } from "../state.ts";

const LONGEST_DESCRIPTION = 100;
/** "BatchGetApplicationRevisions": "The maximum number of revision locations you can specify is 25." */
const MOST_REVISIONS = 25;

export const RegisterApplicationRevision: Handler<Sdk, "RegisterApplicationRevision"> = (context, input) => {
  const { applicationName, description } = input;
  applicationNamed(context, applicationName);
  const revision = checkedRevision("RegisterApplicationRevision", input.revision);
  if ((description ?? "").length > LONGEST_DESCRIPTION)
    refuse("DescriptionTooLongException", `The description is longer than ${LONGEST_DESCRIPTION} characters.`);
  const key = revisionKey(revision);
  const known = context.table(revisions).get(applicationName, key) ?? { revision, registeredAt: context.now };
  context
    .table(revisions)
    .put([applicationName, key], { ...known, ...(description === undefined ? {} : { description }) });
  return {};
};

export const GetApplicationRevision: Handler<Sdk, "GetApplicationRevision"> = (
  context,
  { applicationName, revision },
) => {
  applicationNamed(context, applicationName);
  const row = find(context, applicationName, checkedRevision("GetApplicationRevision", revision));
  if (row === undefined)
    refuse("RevisionDoesNotExistException", "No application revision found for the specified revision location.");
  return { applicationName, revision: row.revision, revisionInfo: revisionInfo(context, applicationName, row) };
};

export const BatchGetApplicationRevisions: Handler<Sdk, "BatchGetApplicationRevisions"> = (context, input) => {
  const { applicationName } = input;
  checkBatch(input.revisions, ["RevisionRequiredException", "RevisionLocation must be specified"], MOST_REVISIONS);
  applicationNamed(context, applicationName);
  const rows = input.revisions.map((revision) =>
    find(context, applicationName, checkedRevision("BatchGetApplicationRevisions", revision)),
  );
  const found = rows.flatMap((row) => row ?? []);
  return {
    applicationName,
    ...(found.length === rows.length ? {} : { errorMessage: "Some of the specified revisions were not found." }),
    revisions: found.map((row) => ({
      revisionLocation: row.revision,
      genericRevisionInfo: revisionInfo(context, applicationName, row),
    })),
  };
};

function find(context: ServiceContext, applicationName: string, revision: Revision): RevisionRow | undefined {
  return context.table(revisions).get(applicationName, revisionKey(revision));
}

export const ListApplicationRevisions: Handler<Sdk, "ListApplicationRevisions"> = (context, input) => {
  const {
    applicationName,
    sortBy,
    sortOrder = "ascending",
    s3Bucket,
    s3KeyPrefix,
    deployed = "ignore",
    nextToken,
  } = input;
  applicationNamed(context, applicationName);
  if (s3KeyPrefix !== undefined && s3Bucket === undefined)
    refuse("BucketNameFilterRequiredException", "A bucket name is required, but was not provided.");
  const rows = Array.from(context.table(revisions).list([applicationName])).filter((row) => {
    const { bucket, key = "" } = row.revision.s3Location ?? {};
    if (s3Bucket !== undefined && bucket !== s3Bucket) return false;
    if (s3KeyPrefix !== undefined && !key.startsWith(s3KeyPrefix)) return false;
    return deployed === "ignore" || (deployed === "include") === targetGroups(context, applicationName, row).length > 0;
  });
  const time = ({ registeredAt, firstUsedAt = 0, lastUsedAt = 0 }: RevisionRow): number =>
    sortBy === "firstUsedTime" ? firstUsedAt : sortBy === "lastUsedTime" ? lastUsedAt : registeredAt;
  rows.sort((a, b) => (sortOrder === "ascending" ? time(a) - time(b) : time(b) - time(a)));
  const { page, rest } = takePage(rows, nextToken, ({ revision }) => revisionKey(revision));
  return { revisions: page.map(({ revision }) => revision), ...rest };
};
