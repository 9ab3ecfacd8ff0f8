/** What becomes of the variables of an access log format. */
import { expect, it } from "vitest";
import { formatAccessLog } from "./access-log.ts";

it("fills in what there is, a dash where there is nothing, and leaves the rest as it is", () => {
  const values: Record<string, string> = { requestId: "id=", "identity.sourceIp": "::1", status: "200" };
  const format =
    '{"id":"$context.requestId","ip":"$context.identity.sourceIp","e":"$context.error.message"} $context.status.';
  expect(formatAccessLog(format, (name) => values[name])).toBe('{"id":"id=","ip":"::1","e":"-"} 200.');
});
