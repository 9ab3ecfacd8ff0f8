/** The SDK whose operations Systems Manager serves. Types only. */
export type Sdk = typeof import("@aws-sdk/client-ssm");
