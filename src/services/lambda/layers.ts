/** Layers as functions use them: found by ARN, allowed, and not too many (AWS page "Managing Lambda dependencies with layers"). */
import { evaluate } from "../../languages/policy/evaluate.ts";
import { parsePolicy } from "../../languages/policy/parse.ts";
import { requestPrincipal, type ServiceContext } from "../../service.ts";
import { invalid } from "./errors.ts";
import { layerArn, locateLayer } from "./names.ts";
import { denied, policyText } from "./permission.ts";
import { codes, layerVersions, type LayerReference, type LayerVersionRow, type PolicyRow } from "./state.ts";
import { MOST_UNPACKED_BYTES } from "./zip.ts";

const MOST_LAYERS = 5;

/** The layer versions that a function names. Raises InvalidParameterValueException and AccessDeniedException. */
export function referTo(context: ServiceContext, arns: readonly string[]): LayerReference[] {
  if (arns.length > MOST_LAYERS) invalid(`Cannot reference more than ${MOST_LAYERS} layers.`);
  const seen = new Map<string, string>();
  return arns.map((arn) => {
    const located = locateLayer(context, arn);
    if (located.version === undefined) return invalid(`Layer version ARN expected, but ${arn} has no version.`);
    if (located.region !== context.region) {
      invalid(
        `Layers are not in the same region as the function. Layers are expected to be in region ${context.region}.`,
      );
    }
    const layer = layerArn(located, located.name);
    const other = seen.get(layer);
    if (other !== undefined) {
      invalid(
        `Two different versions of the same layer are not allowed to be referenced in the same function. ${other} and ${arn} are versions of the same layer.`,
      );
    }
    seen.set(layer, arn);
    const row = context.table(layerVersions, located).get(located.name, located.version);
    if (located.account !== context.account) checkShared(context, row, arn, located.account);
    if (row === undefined) return invalid(`Layer version ${arn} does not exist.`);
    return { arn, codeSize: row.codeSize, codeHash: row.codeHash };
  });
}

/** Raises AccessDeniedException unless the policy of another account's layer version names the caller. */
export function checkShared(
  context: ServiceContext,
  row: LayerVersionRow | undefined,
  arn: string,
  owner: string,
): void {
  const policy = row?.policy;
  if (policy === undefined || !names(context, policy, arn, owner)) throw denied(context, "lambda:GetLayerVersion", arn);
}

function names(context: ServiceContext, policy: PolicyRow, arn: string, owner: string): boolean {
  const request = {
    principal: requestPrincipal(context.principal),
    action: "lambda:GetLayerVersion",
    resource: arn,
    resourceAccount: owner,
  };
  const document = parsePolicy(policyText(policy), "resource");
  return evaluate(request, { identity: [], resource: { name: "default", document } }).matched.length > 0;
}

/** Raises InvalidParameterValueException where code and layers together are larger than AWS takes. */
export function checkUnpackedSize(context: ServiceContext, code: number, layers: readonly LayerReference[]): void {
  const table = context.table(codes);
  let total = code;
  for (const { codeHash } of layers) total += table.get(codeHash)?.unpackedSize ?? 0;
  if (total > MOST_UNPACKED_BYTES) {
    invalid(
      `Function code combined with layers exceeds the maximum allowed size of ${MOST_UNPACKED_BYTES} bytes. The actual size is ${total} bytes.`,
    );
  }
}
