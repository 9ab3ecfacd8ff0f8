/** A lifecycle rule as it is now, in AWS::S3::Bucket's form, which has older names for what the API has once: the template's choice is kept. */
import type { LifecycleRule, LifecycleRuleFilter } from "@aws-sdk/client-s3";
import { structure, structures, unlessEmpty, type Properties } from "../../../resource.ts";

/** `written` is the rule in the stack's template; empty when it has none. */
export function shownLifecycleRule(rule: LifecycleRule, written: Properties): Properties {
  const { Expiration, NoncurrentVersionExpiration: noncurrent } = rule;
  const transitions = rule.Transitions?.map(({ StorageClass, Date: date, Days }) => ({
    StorageClass,
    TransitionDate: date && textOf(date, ...datesIn(written)),
    TransitionInDays: Days,
  }));
  const noncurrentTransitions = rule.NoncurrentVersionTransitions?.map((one) => ({
    NewerNoncurrentVersions: one.NewerNoncurrentVersions,
    StorageClass: one.StorageClass,
    TransitionInDays: one.NoncurrentDays,
  }));
  const inDays = "NoncurrentVersionExpirationInDays" in written && noncurrent?.NewerNoncurrentVersions === undefined;
  return {
    ...conditionsOf(rule, written),
    AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload && { ...rule.AbortIncompleteMultipartUpload },
    ExpirationDate: Expiration?.Date && textOf(Expiration.Date, written["ExpirationDate"]),
    ExpirationInDays: Expiration?.Days,
    ExpiredObjectDeleteMarker: Expiration?.ExpiredObjectDeleteMarker,
    Id: rule.ID,
    Status: rule.Status,
    ...(inDays
      ? { NoncurrentVersionExpirationInDays: noncurrent?.NoncurrentDays }
      : { NoncurrentVersionExpiration: noncurrent && { ...noncurrent } }),
    ...oneOrMore("Transition", transitions, written),
    ...oneOrMore("NoncurrentVersionTransition", noncurrentTransitions, written),
  };
}

/** `Transition` where the template has that and there is one; `Transitions` otherwise. */
function oneOrMore(name: string, list: readonly object[] | undefined, written: Properties): Properties {
  return name in written && list?.length === 1 ? { [name]: list[0] } : { [`${name}s`]: list };
}

/** A date as the template writes it, where that is the same moment. */
function textOf(date: Date, ...written: readonly unknown[]): string {
  const same = written.find((text) => typeof text === "string" && Date.parse(text) === date.getTime());
  return typeof same === "string" ? same : date.toISOString();
}

function datesIn(written: Properties): unknown[] {
  const one = structure(written, "Transition");
  return [...structures(written, "Transitions"), ...(one === undefined ? [] : [one])].map(
    ({ TransitionDate }) => TransitionDate,
  );
}

/** The filter, whose conditions are the rule's own properties in CloudFormation. */
function conditionsOf({ Filter, Prefix }: LifecycleRule, written: Properties): Properties {
  const all: NonNullable<LifecycleRuleFilter["And"]> & Pick<LifecycleRuleFilter, "Tag"> = { ...Filter, ...Filter?.And };
  const tags = all.Tags ?? (all.Tag === undefined ? [] : [all.Tag]);
  const prefix = all.Prefix ?? Prefix;
  return {
    ObjectSizeGreaterThan: all.ObjectSizeGreaterThan,
    ObjectSizeLessThan: all.ObjectSizeLessThan,
    // An empty one is what a rule without conditions has.
    Prefix: prefix === "" && written["Prefix"] !== "" ? undefined : prefix,
    TagFilters: unlessEmpty(tags.map(({ Key, Value }) => ({ Key, Value }))),
  };
}
