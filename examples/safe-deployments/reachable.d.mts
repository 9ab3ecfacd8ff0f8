/** The types of reachable.mjs. */
export function reachable(endpoint: string, cloud: string | undefined): string;
