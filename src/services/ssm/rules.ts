/** What a parameter may hold, and in which tier (AWS pages "PutParameter" and "Managing parameter tiers"). Pure. */
import type { ParameterType } from "@aws-sdk/client-ssm";
import { invalid, refuse, unsupported } from "./errors.ts";
import type { Tier } from "./state.ts";

/** Bytes of UTF-8, which AWS calls characters. */
const LONGEST: Readonly<Record<Tier, number>> = { Standard: 4096, Advanced: 8192 };
/** How many parameters an account may have in a region. */
const MOST: Readonly<Record<Tier, number>> = { Standard: 10_000, Advanced: 100_000 };
/** Versions that are kept of a parameter. */
export const MOST_VERSIONS = 100;

const DATA_TYPES = ["text", "aws:ec2:image", "aws:ssm:integration"];
const TIERS_PAGE =
  "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html";

export interface TierQuestion {
  readonly asked: "Standard" | "Advanced" | "Intelligent-Tiering" | undefined;
  /** Where it is now; undefined for a new parameter. */
  readonly current: Tier | undefined;
  readonly value: string;
  readonly hasPolicies: boolean;
  /** How many the account has in a tier. */
  readonly countOf: (tier: Tier) => number;
}

/** The tier that a parameter gets. Raises ValidationException for what the tier does not take, ParameterLimitExceeded when it is full. */
export function tierFor(question: TierQuestion): Tier {
  const tier = chosenTier(question);
  const { current, value, hasPolicies, countOf } = question;
  const size = Buffer.byteLength(value);
  if (tier === "Standard" && size > LONGEST.Standard) {
    invalid(
      `Standard tier parameters support a maximum parameter value of ${LONGEST.Standard} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see ${TIERS_PAGE}`,
    );
  }
  if (size > LONGEST.Advanced) {
    invalid(
      `The specified parameter value is too large. Advanced-tier parameters support a maximum parameter value of ${LONGEST.Advanced} characters.`,
    );
  }
  if (tier === "Standard" && hasPolicies) {
    invalid("You can't assign parameter policies to a standard-parameter tier.");
  }
  if (tier !== current && countOf(tier) >= MOST[tier]) tooMany(tier);
  return tier;
}

function chosenTier({ asked, current, value, hasPolicies, countOf }: TierQuestion): Tier {
  switch (asked) {
    case undefined:
      return current ?? "Standard";
    case "Advanced":
      return "Advanced";
    case "Standard":
      if (current !== "Advanced") return "Standard";
      return invalid(
        `This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter. Be aware that standard parameters have a value limit of ${LONGEST.Standard} characters.`,
      );
    case "Intelligent-Tiering": {
      const full = current === undefined && countOf("Standard") >= MOST.Standard;
      const advanced = current === "Advanced" || hasPolicies || full || Buffer.byteLength(value) > LONGEST.Standard;
      return advanced ? "Advanced" : "Standard";
    }
  }
}

function tooMany(tier: Tier): never {
  const remedy =
    tier === "Standard"
      ? "either delete existing parameters or upgrade to the advanced-parameter tier (charges apply)"
      : "delete existing parameters";
  refuse(
    "ParameterLimitExceeded",
    `You have reached the maximum number of ${tier.toLowerCase()} parameters for this AWS account and Region (${MOST[tier]}). To add more parameters, ${remedy}.`,
  );
}

/** Raises ValidationException for a value that no parameter can have. */
export function checkValue(value: string): void {
  if (value === "") {
    invalid(
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
    );
  }
  if (/\{\{.*\}\}/s.test(value)) {
    invalid('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.');
  }
}

/** Raises ValidationException for a data type that is not AWS's, not for this type of parameter, or not there. */
export function checkDataType(dataType: string, type: ParameterType): void {
  if (!DATA_TYPES.includes(dataType)) {
    invalid(`The following data type is not supported: ${dataType} (Data type names are all lowercase.)`);
  }
  if (dataType === "aws:ec2:image") {
    unsupported("PutParameter", "the data type aws:ec2:image", "there is no EC2 here to say whether the image exists");
  }
  if (dataType === "aws:ssm:integration" && type !== "SecureString") {
    invalid("The data type aws:ssm:integration is for parameters of type SecureString.");
  }
}
