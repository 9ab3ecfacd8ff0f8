/** The SDK whose operations API Gateway v2 serves. Types only. */
export type Sdk = typeof import("@aws-sdk/client-apigatewayv2");
