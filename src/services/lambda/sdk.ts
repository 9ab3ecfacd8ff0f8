/** The SDK whose operations Lambda serves. Types only. */
export type Sdk = typeof import("@aws-sdk/client-lambda");
