/** For the tests of every resource type: what their templates are put together from. */

export const ref = (Ref: string) => ({ Ref });
export const attribute = (...path: readonly string[]) => ({ "Fn::GetAtt": path });

export const TAGS = [
  { Key: "team", Value: "shop" },
  { Key: "stage", Value: "test" },
];
export const allow = (action: string | readonly string[], Resource: unknown = "*") => ({
  Version: "2012-10-17",
  Statement: [{ Sid: "One", Effect: "Allow", Action: action, Resource }],
});
export const trust = (service: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
});

/** A bucket that has to be there before, with a layer's code as `layer.zip`. */
export const CODE_BUCKET = "every-type-code";
