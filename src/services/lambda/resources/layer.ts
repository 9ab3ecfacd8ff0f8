/** AWS::Lambda::LayerVersion and AWS::Lambda::LayerVersionPermission. */
import {
  given,
  present,
  requiredText,
  structure,
  text,
  texts,
  unlessGone,
  unlessMade,
  unlessMissing,
} from "../../../resource.ts";
import type { Architecture, Runtime } from "@aws-sdk/client-lambda";
import { AwsError } from "../../../kernel/errors.ts";
import type { ResourceType } from "../../../service.ts";
import { conditionsOf, principalOf, statementIn } from "./statement.ts";

const LAYER = ["CompatibleArchitectures", "CompatibleRuntimes", "Content", "Description", "LayerName", "LicenseInfo"];

export const layerVersion: ResourceType = {
  properties: LAYER,
  required: ["Content"],
  unsupported: ["Content.S3ObjectStorageMode"],
  replaceOn: LAYER,
  identifiers: ["LayerVersionArn"],
  writeOnly: ["Content"],

  async read(context, { physicalId }) {
    const found = await unlessMissing(context.call("lambda", "GetLayerVersion", partsOf(physicalId)));
    if (found === undefined) return undefined;
    const { LayerArn = "", LayerVersionArn } = found;
    return {
      physicalId,
      properties: present({
        CompatibleArchitectures: found.CompatibleArchitectures,
        CompatibleRuntimes: found.CompatibleRuntimes,
        Description: found.Description,
        LayerName: LayerArn.slice(LayerArn.lastIndexOf(":") + 1),
        LicenseInfo: found.LicenseInfo,
      }),
      attributes: { LayerVersionArn },
    };
  },

  async create(context, request) {
    const { properties } = request;
    const content = structure(properties, "Content") ?? {};
    const { LayerVersionArn = "" } = await context.call("lambda", "PublishLayerVersion", {
      LayerName: text(properties, "LayerName") ?? request.generatedName({ maxLength: 140 }),
      Content: {
        S3Bucket: requiredText(content, "S3Bucket"),
        S3Key: requiredText(content, "S3Key"),
        ...given("S3ObjectVersion", text(content, "S3ObjectVersion")),
      },
      ...given("Description", text(properties, "Description")),
      ...given("LicenseInfo", text(properties, "LicenseInfo")),
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the model's check of the call turns others away, in AWS's words
      ...given("CompatibleRuntimes", texts(properties, "CompatibleRuntimes") as Runtime[] | undefined),
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same
      ...given("CompatibleArchitectures", texts(properties, "CompatibleArchitectures") as Architecture[] | undefined),
    });
    return { status: "SUCCESS", physicalId: LayerVersionArn, attributes: { LayerVersionArn } };
  },

  update: async (_, { physicalId, attributes }) => ({ status: "SUCCESS", physicalId, attributes }),

  delete: (context, { physicalId }) => unlessGone(context.call("lambda", "DeleteLayerVersion", partsOf(physicalId))),
};

function partsOf(arn: string): { LayerName: string; VersionNumber: number } {
  const at = arn.lastIndexOf(":");
  const VersionNumber = Number(arn.slice(at + 1));
  if (!arn.includes(":layer:") || !Number.isInteger(VersionNumber)) {
    throw new AwsError("ValidationError", `${arn} is not the ARN of a layer version`);
  }
  return { LayerName: arn.slice(0, at), VersionNumber };
}

const LAYER_PERMISSION = ["Action", "LayerVersionArn", "OrganizationId", "Principal"];

export const layerVersionPermission: ResourceType = {
  properties: LAYER_PERMISSION,
  required: ["Action", "LayerVersionArn", "Principal"],
  replaceOn: LAYER_PERMISSION,
  identifiers: ["Id"],

  async read(context, { physicalId, properties }) {
    const [arn = "", sid = ""] = physicalId.split("#");
    const found = await unlessMissing(context.call("lambda", "GetLayerVersionPolicy", partsOf(arn)));
    const statement = statementIn(found?.Policy, sid);
    if (statement === undefined) return undefined;
    return {
      physicalId,
      properties: present({
        Action: statement["Action"],
        LayerVersionArn: arn,
        OrganizationId: conditionsOf(statement["Condition"]).get("aws:principalorgid"),
        Principal: principalOf(statement["Principal"], properties["Principal"]),
      }),
      attributes: { Id: physicalId },
    };
  },

  async create(context, request) {
    const { properties } = request;
    const arn = requiredText(properties, "LayerVersionArn");
    const StatementId = request.generatedName({ maxLength: 100 });
    const add = context.call("lambda", "AddLayerVersionPermission", {
      ...partsOf(arn),
      StatementId,
      Action: requiredText(properties, "Action"),
      Principal: requiredText(properties, "Principal"),
      ...given("OrganizationId", text(properties, "OrganizationId")),
    });
    await unlessMade(request.retried, add);
    const physicalId = `${arn}#${StatementId}`;
    return { status: "SUCCESS", physicalId, attributes: { Id: physicalId } };
  },

  update: async (_, { physicalId, attributes }) => ({ status: "SUCCESS", physicalId, attributes }),

  delete: (context, { physicalId }) => {
    const [arn = "", StatementId = ""] = physicalId.split("#");
    return unlessGone(context.call("lambda", "RemoveLayerVersionPermission", { ...partsOf(arn), StatementId }));
  },
};
