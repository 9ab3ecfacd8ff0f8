/** The SDK whose operations STS answers. */
export type Sts = typeof import("@aws-sdk/client-sts");
