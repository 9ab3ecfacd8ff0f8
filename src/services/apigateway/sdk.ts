/** The SDK whose operations API Gateway (REST APIs) serves. Types only. */
export type Sdk = typeof import("@aws-sdk/client-api-gateway");
