/** The SDK whose operations IAM answers. */
export type Iam = typeof import("@aws-sdk/client-iam");
