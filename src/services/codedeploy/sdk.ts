/** The SDK whose operations CodeDeploy serves. Types only. */
export type Sdk = typeof import("@aws-sdk/client-codedeploy");
