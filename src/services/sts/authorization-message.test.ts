/** Encoded authorization messages, there and back. */
import { describe, expect, it } from "vitest";
import { decodeAuthorizationMessage, encodeAuthorizationMessage } from "./authorization-message.ts";

describe("an authorization message", () => {
  it("is read back as it was written", () => {
    const message = { allowed: false, explicitDeny: true, context: { action: "s3:GetObject" } };
    expect(JSON.parse(decodeAuthorizationMessage(encodeAuthorizationMessage(message)))).toEqual(message);
  });

  it("that would unpack into more than any message has is refused", () => {
    const bomb = encodeAuthorizationMessage({ text: "a".repeat(1024 * 1024) });
    expect(() => decodeAuthorizationMessage(bomb)).toThrow("Message is not valid");
  });
});
