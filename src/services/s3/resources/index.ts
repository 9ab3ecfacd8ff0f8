/** The CloudFormation resource types of S3. */
import type { ResourceType } from "../../../service.ts";

export const resources: Readonly<Record<string, ResourceType>> = {};
