/** The SDK whose operations CloudWatch serves. Types only. */
export type Sdk = typeof import("@aws-sdk/client-cloudwatch");
