import type { ResourceType } from "../../service.ts"; export const resources: Record<string, ResourceType> = {};
