/** What tells revisions apart, what is checked of them, and the hash of an AppSpec file that is given as text. */
import { createHash } from "node:crypto";
import { lambdaOnly, notHere, refuse } from "./errors.ts";
import type { Revision } from "./state.ts";

/** AppSpec content as a revision. */
export function contentRevision(content: string): Revision {
  return { revisionType: "AppSpecContent", appSpecContent: { content, sha256: sha256(content) } };
}

/** The revision with what AWS fills in. Raises InvalidRevisionException. */
export function checkedRevision(operation: string, given: Revision | undefined): Revision {
  if (given === undefined) refuse("RevisionRequiredException", "RevisionLocation must be specified");
  const { revisionType, appSpecContent, string, s3Location } = given;
  switch (revisionType) {
    case "AppSpecContent":
      return { revisionType, appSpecContent: hashed(appSpecContent, "appSpecContent") };
    case "String":
      return { revisionType, string: hashed(string, "string") };
    case "S3": {
      const { bucket, key, bundleType } = s3Location ?? {};
      if (bucket === undefined || key === undefined || bucket === "" || key === "")
        refuse("InvalidRevisionException", "The S3 location of the revision has no bucket or no key.");
      if (bundleType !== undefined && bundleType !== "YAML" && bundleType !== "JSON")
        refuse(
          "InvalidRevisionException",
          `The bundle type ${bundleType} is not valid for a Lambda deployment: YAML and JSON are.`,
        );
      return { revisionType, s3Location };
    }
    case "GitHub":
      if (operation === "") return lambdaOnly("revisions in GitHub belong to servers");
      return notHere(operation, "revisions in GitHub, which belong to servers");
    case undefined:
      return refuse("InvalidRevisionException", "The revision type was not specified.");
  }
}

function hashed(text: { content?: string | undefined; sha256?: string | undefined } | undefined, member: string) {
  const { content, sha256: given } = text ?? {};
  if (content === undefined || content === "")
    refuse("InvalidRevisionException", `The ${member} of the revision has no content.`);
  const actual = sha256(content);
  if (given !== undefined && given !== "" && given.toLowerCase() !== actual)
    refuse("InvalidRevisionException", `The sha256 of the revision's ${member} does not match its content.`);
  return { content, sha256: actual };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** One key for one revision, whatever was filled in. */
export function revisionKey({ revisionType, appSpecContent, string, s3Location }: Revision): string {
  const { bucket = "", key = "", version = "", eTag = "" } = s3Location ?? {};
  return [revisionType ?? "", appSpecContent?.sha256 ?? string?.sha256 ?? "", bucket, key, version, eTag].join("\n");
}
