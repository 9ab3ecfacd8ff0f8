/** The SDK whose operations CloudFormation serves. Types only. */
export type Sdk = typeof import("@aws-sdk/client-cloudformation");
