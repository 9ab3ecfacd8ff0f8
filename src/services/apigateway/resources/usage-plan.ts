/** AWS::ApiGateway::UsagePlan and AWS::ApiGateway::UsagePlanKey. */
import { isAwsError } from "../../../kernel/errors.ts";
import {
  given,
  present,
  requiredText,
  shownTags,
  structure,
  structures,
  text,
  unlessEmpty,
  unlessMissing,
} from "../../../resource.ts";
import type { Properties } from "../../../resource.ts";
import type { Output, ResourceContext, ResourceRequest, ResourceType } from "../../../service.ts";
import type { PatchOperation } from "../patch.ts";
import type { Sdk } from "../sdk.ts";
import { arnOf } from "../state.ts";
import { NOT_FOUND, unlessGone } from "./gone.ts";
import { escaped, membersOf, patchesBetween, propertiesOf } from "./members.ts";
import { isOwn, tagsOf, updateTags } from "./tagging.ts";

type Plan = Output<Sdk, "GetUsagePlan">;
type ApiStage = NonNullable<Plan["apiStages"]>[number];

export const usagePlan: ResourceType = {
  properties: ["ApiStages", "Description", "Quota", "Tags", "Throttle", "UsagePlanName"],
  replaceOn: [],
  identifiers: ["Id"],

  async create(context, request) {
    const { properties } = request;
    const earlier = request.retried ? await earlierPlan(context, request) : undefined;
    const [quota, throttle] = [structure(properties, "Quota"), structure(properties, "Throttle")];
    const made =
      earlier ??
      (await context.call("apigateway", "CreateUsagePlan", {
        name: text(properties, "UsagePlanName") ?? request.generatedName(),
        ...given("description", text(properties, "Description")),
        apiStages: stagesOf(properties),
        ...given("quota", quota && membersOf<NonNullable<Plan["quota"]>>(quota)),
        ...given("throttle", throttle && membersOf<NonNullable<Plan["throttle"]>>(throttle)),
        tags: tagsOf(request),
      }));
    const id = made.id ?? "";
    return { status: "SUCCESS", physicalId: id, attributes: { Id: id } };
  },

  async update(context, request) {
    const { properties, physicalId: usagePlanId } = request;
    const { apiStages = [], ...live } = await context.call("apigateway", "GetUsagePlan", { usagePlanId });
    const name = text(properties, "UsagePlanName") ?? request.generatedName();
    const wanted = {
      name,
      description: text(properties, "Description") ?? "",
      quota: limitsOf(structure(properties, "Quota"), { offset: 0 }),
      throttle: limitsOf(structure(properties, "Throttle"), { burstLimit: 0, rateLimit: 0 }),
    };
    const { quota, throttle, description = "" } = live;
    const patchOperations = [
      ...patchesBetween({ name: live.name, description, quota, throttle }, wanted).map(whole),
      ...stagePatches(apiStages, stagesOf(properties)),
    ];
    if (patchOperations.length > 0) {
      await context.call("apigateway", "UpdateUsagePlan", { usagePlanId, patchOperations });
    }
    await updateTags(context, request, arnOf(context, `/usageplans/${usagePlanId}`));
    return { status: "SUCCESS", physicalId: usagePlanId, attributes: { Id: usagePlanId } };
  },

  async delete(context, { physicalId: usagePlanId }) {
    const call = context.call("apigateway", "GetUsagePlan", { usagePlanId });
    const found = await unlessMissing(call, NOT_FOUND);
    // A plan is not deleted while it has stages.
    const patchOperations = stagePatches(found?.apiStages ?? [], []);
    if (patchOperations.length > 0) {
      await context.call("apigateway", "UpdateUsagePlan", { usagePlanId, patchOperations });
    }
    return unlessGone(context.call("apigateway", "DeleteUsagePlan", { usagePlanId }));
  },

  async read(context, { physicalId: usagePlanId }) {
    const found = await unlessMissing(context.call("apigateway", "GetUsagePlan", { usagePlanId }), NOT_FOUND);
    if (found === undefined) return undefined;
    const { apiStages = [], description, name, quota, tags, throttle } = found;
    const shown = apiStages.map(({ throttle: limits, ...one }) =>
      propertiesOf({ ...one, ...given("throttle", unlessEmpty(limits)) }),
    );
    return {
      physicalId: usagePlanId,
      properties: present({
        ApiStages: unlessEmpty(shown),
        Description: description === "" ? undefined : description,
        Quota: quota && propertiesOf(quota),
        Tags: shownTags(tags),
        Throttle: throttle && propertiesOf(throttle),
        UsagePlanName: name,
      }),
      attributes: { Id: usagePlanId },
    };
  },
};

async function earlierPlan(context: ResourceContext, request: ResourceRequest) {
  const { items = [] } = await context.call("apigateway", "GetUsagePlans", { limit: 500 });
  return items.find(({ tags }) => isOwn(request, tags));
}

function stagesOf(properties: Properties): ApiStage[] {
  return structures(properties, "ApiStages").map((one) => membersOf<ApiStage>(one));
}

/** With AWS's own for what the template leaves out. */
function limitsOf(properties: Properties | undefined, usual: Readonly<Record<string, unknown>>) {
  return properties === undefined ? undefined : { ...usual, ...membersOf(properties) };
}

/** A limit that is no more in a quota that stays cannot be removed by itself: it becomes nothing. */
function whole(operation: PatchOperation): PatchOperation {
  const { op, path = "" } = operation;
  return op === "remove" && path.lastIndexOf("/") > 0 ? { op: "replace", path, value: "0" } : operation;
}

function stagePatches(before: readonly ApiStage[], after: readonly ApiStage[]): PatchOperation[] {
  const name = ({ apiId = "", stage = "" }: ApiStage): string => `${apiId}:${stage}`;
  const isIn = (stages: readonly ApiStage[]) => (one: ApiStage) => stages.some((other) => name(other) === name(one));
  return [
    ...before
      .filter((one) => !isIn(after)(one))
      .map((one) => ({ op: "remove" as const, path: "/apiStages", value: name(one) })),
    ...after
      .filter((one) => !isIn(before)(one))
      .map((one) => ({ op: "add" as const, path: "/apiStages", value: name(one) })),
    ...after.flatMap((one) => {
      const old = before.find((other) => name(other) === name(one))?.throttle ?? {};
      return limitPatches(`/apiStages/${name(one)}/throttle`, old, one.throttle ?? {});
    }),
  ];
}

type Limits = NonNullable<ApiStage["throttle"]>;

function limitPatches(at: string, before: Limits, after: Limits): PatchOperation[] {
  const place = (key: string): string => {
    const end = key.lastIndexOf("/");
    return `${at}/${escaped(key.slice(0, end))}/${key.slice(end + 1)}`;
  };
  const gone = Object.keys(before).filter((key) => after[key] === undefined);
  return [
    ...gone.map((key) => ({ op: "remove" as const, path: place(key) })),
    ...Object.entries(after).flatMap(([key, { rateLimit = 0, burstLimit = 0 }]) =>
      Object.entries({ rateLimit, burstLimit })
        .filter(([member, value]) => Reflect.get(before[key] ?? {}, member) !== value)
        .map(([member, value]) => ({ op: "replace" as const, path: `${place(key)}/${member}`, value: String(value) })),
    ),
  ];
}

export const usagePlanKey: ResourceType = {
  properties: ["KeyId", "KeyType", "UsagePlanId"],
  required: ["KeyId", "KeyType", "UsagePlanId"],
  replaceOn: ["KeyId", "KeyType", "UsagePlanId"],
  identifiers: ["Id"],

  async create(context, { properties, retried }) {
    const keyId = requiredText(properties, "KeyId");
    const usagePlanId = requiredText(properties, "UsagePlanId");
    const keyType = requiredText(properties, "KeyType");
    const adding = context.call("apigateway", "CreateUsagePlanKey", { keyId, usagePlanId, keyType });
    await adding.catch((error: unknown) => {
      if (!retried || !isAwsError(error, "ConflictException")) throw error;
    });
    const id = `${keyId}:${usagePlanId}`;
    return { status: "SUCCESS", physicalId: id, attributes: { Id: id } };
  },

  update: async (_, { physicalId }) => ({ status: "SUCCESS", physicalId, attributes: { Id: physicalId } }),

  delete(context, { physicalId }) {
    const { keyId, usagePlanId } = parts(physicalId);
    return unlessGone(context.call("apigateway", "DeleteUsagePlanKey", { keyId, usagePlanId }));
  },

  async read(context, { physicalId }) {
    const { keyId, usagePlanId } = parts(physicalId);
    const call = context.call("apigateway", "GetUsagePlanKey", { keyId, usagePlanId });
    const found = await unlessMissing(call, NOT_FOUND);
    if (found === undefined) return undefined;
    const properties = { KeyId: keyId, KeyType: found.type ?? "API_KEY", UsagePlanId: usagePlanId };
    return { physicalId, properties, attributes: { Id: physicalId } };
  },
};

function parts(id: string) {
  const [keyId = "", usagePlanId = ""] = id.split(":");
  return { keyId, usagePlanId };
}
