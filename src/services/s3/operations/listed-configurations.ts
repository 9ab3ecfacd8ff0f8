/** Documents of which a bucket has several, each with an id: kept and returned, nothing is carried out. */
import type {
  AnalyticsConfiguration,
  IntelligentTieringConfiguration,
  InventoryConfiguration,
  MetricsConfiguration,
} from "@aws-sdk/client-s3";
import type { ServiceContext } from "../../../service.ts";
import {
  keepListedConfiguration,
  listedConfiguration,
  listedConfigurations,
  removeListedConfiguration,
  type ListedKind,
} from "../configurations.ts";
import { s3Error } from "../errors.ts";
import type { In, Op } from "../state.ts";
import type { Nothing, OnBucket } from "./documents.ts";

function putListed<I extends OnBucket & { readonly Id: string }>(
  kind: ListedKind,
  read: (input: I) => { readonly Id?: string | undefined } | undefined,
): (context: ServiceContext, input: I) => Nothing {
  return (context, input) => {
    const document = read(input);
    if (document === undefined) throw s3Error("MalformedXML");
    if (document.Id !== input.Id) {
      throw s3Error("InvalidArgument", {
        message: "Input Id does not match Id in configuration",
        members: { ArgumentName: "id", ArgumentValue: input.Id },
      });
    }
    keepListedConfiguration(context, input.Bucket, kind, input.Id, document);
    return {};
  };
}

function getListed<Document>(
  context: ServiceContext,
  input: OnBucket & { readonly Id: string },
  kind: ListedKind,
): Document {
  const document = listedConfiguration<Document>(context, input.Bucket, kind, input.Id);
  if (document === undefined) throw s3Error("NoSuchConfiguration");
  return document;
}

function removeListed(
  kind: ListedKind,
): (context: ServiceContext, input: OnBucket & { readonly Id: string }) => Nothing {
  return (context, input) => {
    getListed(context, input, kind);
    removeListedConfiguration(context, input.Bucket, kind, input.Id);
    return {};
  };
}

/** The document as the wire let it in: what it requires is there. */
type Kept<Name extends "Analytics" | "IntelligentTiering" | "Inventory" | "Metrics"> = {
  Analytics: In<"PutBucketAnalyticsConfiguration">["AnalyticsConfiguration"] & AnalyticsConfiguration;
  IntelligentTiering: In<"PutBucketIntelligentTieringConfiguration">["IntelligentTieringConfiguration"] &
    IntelligentTieringConfiguration;
  Inventory: In<"PutBucketInventoryConfiguration">["InventoryConfiguration"] & InventoryConfiguration;
  Metrics: In<"PutBucketMetricsConfiguration">["MetricsConfiguration"] & MetricsConfiguration;
}[Name];

export const PutBucketAnalyticsConfiguration: Op<"PutBucketAnalyticsConfiguration"> = putListed(
  "analytics",
  (input: In<"PutBucketAnalyticsConfiguration">) => input.AnalyticsConfiguration,
);
export const GetBucketAnalyticsConfiguration: Op<"GetBucketAnalyticsConfiguration"> = (context, input) => ({
  AnalyticsConfiguration: getListed<Kept<"Analytics">>(context, input, "analytics"),
});
export const DeleteBucketAnalyticsConfiguration: Op<"DeleteBucketAnalyticsConfiguration"> = removeListed("analytics");
export const ListBucketAnalyticsConfigurations: Op<"ListBucketAnalyticsConfigurations"> = (context, input) => ({
  IsTruncated: false,
  AnalyticsConfigurationList: listedConfigurations<Kept<"Analytics">>(context, input.Bucket, "analytics"),
});

export const PutBucketIntelligentTieringConfiguration: Op<"PutBucketIntelligentTieringConfiguration"> = putListed(
  "intelligentTiering",
  (input: In<"PutBucketIntelligentTieringConfiguration">) => input.IntelligentTieringConfiguration,
);
export const GetBucketIntelligentTieringConfiguration: Op<"GetBucketIntelligentTieringConfiguration"> = (
  context,
  input,
) => ({
  IntelligentTieringConfiguration: getListed<Kept<"IntelligentTiering">>(context, input, "intelligentTiering"),
});
export const DeleteBucketIntelligentTieringConfiguration: Op<"DeleteBucketIntelligentTieringConfiguration"> =
  removeListed("intelligentTiering");
export const ListBucketIntelligentTieringConfigurations: Op<"ListBucketIntelligentTieringConfigurations"> = (
  context,
  input,
) => ({
  IsTruncated: false,
  IntelligentTieringConfigurationList: listedConfigurations<Kept<"IntelligentTiering">>(
    context,
    input.Bucket,
    "intelligentTiering",
  ),
});

export const PutBucketInventoryConfiguration: Op<"PutBucketInventoryConfiguration"> = putListed(
  "inventory",
  (input: In<"PutBucketInventoryConfiguration">) => input.InventoryConfiguration,
);
export const GetBucketInventoryConfiguration: Op<"GetBucketInventoryConfiguration"> = (context, input) => ({
  InventoryConfiguration: getListed<Kept<"Inventory">>(context, input, "inventory"),
});
export const DeleteBucketInventoryConfiguration: Op<"DeleteBucketInventoryConfiguration"> = removeListed("inventory");
export const ListBucketInventoryConfigurations: Op<"ListBucketInventoryConfigurations"> = (context, input) => ({
  IsTruncated: false,
  InventoryConfigurationList: listedConfigurations<Kept<"Inventory">>(context, input.Bucket, "inventory"),
});

export const PutBucketMetricsConfiguration: Op<"PutBucketMetricsConfiguration"> = putListed(
  "metrics",
  (input: In<"PutBucketMetricsConfiguration">) => input.MetricsConfiguration,
);
export const GetBucketMetricsConfiguration: Op<"GetBucketMetricsConfiguration"> = (context, input) => ({
  MetricsConfiguration: getListed<Kept<"Metrics">>(context, input, "metrics"),
});
export const DeleteBucketMetricsConfiguration: Op<"DeleteBucketMetricsConfiguration"> = removeListed("metrics");
export const ListBucketMetricsConfigurations: Op<"ListBucketMetricsConfigurations"> = (context, input) => ({
  IsTruncated: false,
  MetricsConfigurationList: listedConfigurations<Kept<"Metrics">>(context, input.Bucket, "metrics"),
});
