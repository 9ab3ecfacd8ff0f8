/** Lifecycle rules: which versions they are about, and when what falls due (AWS page "Lifecycle configuration elements"). */
import type { ServiceContext } from "../../service.ts";
import { configuration, type Rule } from "./configurations.ts";
import { invalidArgument, s3Error } from "./errors.ts";
import type { Bucket, StoredObject, Upload } from "./state.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const MOST_RULES = 1000;

/** "S3 calculates the time by adding the number of days … and rounding up the resulting time to the next day midnight UTC." */
export function dueAfterDays(from: number, days: number): number {
  return Math.ceil((from + days * DAY_MS) / DAY_MS) * DAY_MS;
}

/** The next midnight UTC: when rules are carried out. */
export function nextRun(now: number): number {
  return (Math.floor(now / DAY_MS) + 1) * DAY_MS;
}

/** The bucket's rules that are on. */
export function activeRules(context: ServiceContext, bucket: string): readonly Rule[] {
  return (configuration(context, bucket, "lifecycle")?.Rules ?? []).filter(({ Status }) => Status === "Enabled");
}

/** The prefix that a rule is limited to, wherever it is written. */
export function prefixOf(rule: Rule): string {
  return rule.Filter?.Prefix ?? rule.Filter?.And?.Prefix ?? rule.Prefix ?? "";
}

/** True when the rule's filter lets this object through. */
export function appliesTo(rule: Rule, object: StoredObject): boolean {
  if (!object.key.startsWith(prefixOf(rule))) return false;
  const { Tag, And, ObjectSizeGreaterThan, ObjectSizeLessThan } = rule.Filter ?? {};
  const tags = [...(Tag === undefined ? [] : [Tag]), ...(And?.Tags ?? [])];
  const greater = ObjectSizeGreaterThan ?? And?.ObjectSizeGreaterThan;
  const less = ObjectSizeLessThan ?? And?.ObjectSizeLessThan;
  return (
    tags.every(({ Key, Value }) => object.tags.some((tag) => tag.Key === Key && tag.Value === Value)) &&
    (greater === undefined || object.size > greater) &&
    (less === undefined || object.size < less)
  );
}

/** When the rule takes the current version away; undefined when it does not. */
export function expiresAt(rule: Rule, object: StoredObject): number | undefined {
  const { Days, Date: date } = rule.Expiration ?? {};
  if (date !== undefined) return date.getTime();
  return Days === undefined ? undefined : dueAfterDays(object.lastModified, Days);
}

/** The `x-amz-expiration` header: the earliest that a rule takes the object away, and which. */
export function expirationHeader(context: ServiceContext, bucket: Bucket, object: StoredObject): string | undefined {
  let earliest: { at: number; id: string } | undefined;
  for (const rule of activeRules(context, bucket.name)) {
    const at = appliesTo(rule, object) ? expiresAt(rule, object) : undefined;
    if (at !== undefined && (earliest === undefined || at < earliest.at)) earliest = { at, id: rule.ID ?? "" };
  }
  if (earliest === undefined || object.noncurrentSince !== undefined) return undefined;
  return `expiry-date="${new Date(earliest.at).toUTCString()}", rule-id="${encodeURIComponent(earliest.id)}"`;
}

/** When rules give an upload up, as multipart replies tell it. */
export function abortMembers(
  context: ServiceContext,
  bucket: Bucket,
  upload: Upload,
): { AbortDate?: Date; AbortRuleId?: string } {
  for (const rule of activeRules(context, bucket.name)) {
    const days = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
    if (days === undefined || !upload.key.startsWith(prefixOf(rule))) continue;
    return { AbortDate: new Date(dueAfterDays(upload.initiatedAt, days)), AbortRuleId: rule.ID ?? "" };
  }
  return {};
}

/** Checks rules and gives each an id. Raises MalformedXML, InvalidRequest, InvalidArgument. */
export function checkLifecycle(context: ServiceContext, rules: readonly Rule[]): Rule[] {
  if (rules.length === 0 || rules.length > MOST_RULES) throw s3Error("MalformedXML");
  const ids = new Set<string>();
  return rules.map((rule) => {
    const id = rule.ID === undefined || rule.ID === "" ? context.random.uuid() : rule.ID;
    if (id.length > 255) throw invalidArgument("ID length should not exceed allowed limit of 255", "ID", id);
    if (ids.has(id)) throw invalidArgument("Rule ID must be unique. Found same ID for more than one rule", "ID", id);
    ids.add(id);
    checkRule(rule);
    return { ...rule, ID: id };
  });
}

function checkRule(rule: Rule): void {
  const { Expiration, Transitions, NoncurrentVersionExpiration, NoncurrentVersionTransitions } = rule;
  const actions = [
    Expiration,
    NoncurrentVersionExpiration,
    rule.AbortIncompleteMultipartUpload,
    Transitions?.[0],
    NoncurrentVersionTransitions?.[0],
  ];
  if (actions.every((action) => action === undefined)) {
    throw s3Error("InvalidRequest", { message: "At least one action needs to be specified in a rule" });
  }
  if (rule.Filter !== undefined && rule.Prefix !== undefined) throw s3Error("MalformedXML");
  if (rule.Filter === undefined && rule.Prefix === undefined) throw s3Error("MalformedXML");
  if (Expiration !== undefined) {
    const kinds = [Expiration.Days, Expiration.Date, Expiration.ExpiredObjectDeleteMarker];
    if (kinds.filter((kind) => kind !== undefined).length !== 1) throw s3Error("MalformedXML");
    checkDays("Expiration", Expiration.Days);
    checkMidnight(Expiration.Date);
  }
  for (const { Days, Date: date, StorageClass } of Transitions ?? []) {
    if ((Days === undefined) === (date === undefined) || StorageClass === undefined) throw s3Error("MalformedXML");
    checkMidnight(date);
    if (Days !== undefined && Days < 0) {
      throw s3Error("InvalidArgument", { message: "'Days' for Transition action must be nonnegative" });
    }
  }
  checkDays("NoncurrentVersionExpiration", NoncurrentVersionExpiration?.NoncurrentDays, "NoncurrentDays");
  checkDays(
    "AbortIncompleteMultipartUpload",
    rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
    "DaysAfterInitiation",
  );
}

function checkDays(action: string, days: number | undefined, name = "Days"): void {
  if (days === undefined || days > 0) return;
  throw s3Error("InvalidArgument", { message: `'${name}' for ${action} action must be a positive integer` });
}

function checkMidnight(date: Date | undefined): void {
  if (date === undefined || date.getTime() % DAY_MS === 0) return;
  throw s3Error("InvalidArgument", { message: "'Date' must be at midnight GMT" });
}
