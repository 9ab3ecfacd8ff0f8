/** The SDK whose operations CloudWatch Logs serves. Types only. */
export type Sdk = typeof import("@aws-sdk/client-cloudwatch-logs");
