/** AWS::IAM::OIDCProvider and AWS::IAM::SAMLProvider (CloudFormation Template Reference). */
import type { ResourceType } from "../../../service.ts";
import { unlessGone, unlessThere } from "./attempts.ts";
import { droppedTagKeys, optionalText, tagsOf, text, texts } from "./properties.ts";

export const oidcProvider: ResourceType = {
  properties: ["ClientIdList", "Tags", "ThumbprintList", "Url"],
  required: ["Url"],
  replaceOn: ["Url"],
  iam: true,
  async create({ call, account, partition }, request) {
    const { properties, retried } = request;
    const url = text(properties, "Url");
    await unlessThere(
      retried,
      call("iam", "CreateOpenIDConnectProvider", {
        Url: url,
        ClientIDList: texts(properties, "ClientIdList"),
        ThumbprintList: texts(properties, "ThumbprintList"),
        Tags: tagsOf(request),
      }),
    );
    const arn = `arn:${partition}:iam::${account}:oidc-provider/${url.replace(/^https:\/\//, "").replace(/\/$/, "")}`;
    return { status: "SUCCESS", physicalId: arn, attributes: { Arn: arn } };
  },
  async update({ call }, request) {
    const { physicalId: arn, properties, previousProperties } = request;
    const provider = { OpenIDConnectProviderArn: arn };
    const ids = texts(properties, "ClientIdList");
    const before = texts(previousProperties, "ClientIdList");
    for (const ClientID of ids)
      if (!before.includes(ClientID))
        await call("iam", "AddClientIDToOpenIDConnectProvider", { ...provider, ClientID });
    for (const ClientID of before)
      if (!ids.includes(ClientID))
        await call("iam", "RemoveClientIDFromOpenIDConnectProvider", { ...provider, ClientID });
    await call("iam", "UpdateOpenIDConnectProviderThumbprint", {
      ...provider,
      ThumbprintList: texts(properties, "ThumbprintList"),
    });
    const tags = tagsOf(request);
    const dropped = droppedTagKeys(request, tags);
    if (dropped.length > 0) await call("iam", "UntagOpenIDConnectProvider", { ...provider, TagKeys: dropped });
    if (tags.length > 0) await call("iam", "TagOpenIDConnectProvider", { ...provider, Tags: tags });
    return { status: "SUCCESS", physicalId: arn, attributes: { Arn: arn } };
  },
  async delete({ call }, { physicalId }) {
    await unlessGone(call("iam", "DeleteOpenIDConnectProvider", { OpenIDConnectProviderArn: physicalId }));
    return { status: "SUCCESS" };
  },
};

export const samlProvider: ResourceType = {
  properties: ["Name", "SamlMetadataDocument", "Tags"],
  required: ["SamlMetadataDocument"],
  replaceOn: ["Name"],
  nameProperty: "Name",
  iam: true,
  async create({ call, account, partition }, request) {
    const { properties, retried } = request;
    const name = optionalText(properties, "Name") ?? request.generatedName({ maxLength: 128 });
    const input = { Name: name, SAMLMetadataDocument: text(properties, "SamlMetadataDocument"), Tags: tagsOf(request) };
    await unlessThere(retried, call("iam", "CreateSAMLProvider", input));
    const arn = `arn:${partition}:iam::${account}:saml-provider/${name}`;
    const { SAMLProviderUUID } = await call("iam", "GetSAMLProvider", { SAMLProviderArn: arn });
    return { status: "SUCCESS", physicalId: arn, attributes: { Arn: arn, SamlProviderUUID: SAMLProviderUUID } };
  },
  async update({ call }, request) {
    const { physicalId: arn, properties, attributes } = request;
    await call("iam", "UpdateSAMLProvider", {
      SAMLProviderArn: arn,
      SAMLMetadataDocument: text(properties, "SamlMetadataDocument"),
    });
    const tags = tagsOf(request);
    const dropped = droppedTagKeys(request, tags);
    if (dropped.length > 0) await call("iam", "UntagSAMLProvider", { SAMLProviderArn: arn, TagKeys: dropped });
    if (tags.length > 0) await call("iam", "TagSAMLProvider", { SAMLProviderArn: arn, Tags: tags });
    return { status: "SUCCESS", physicalId: arn, attributes };
  },
  async delete({ call }, { physicalId }) {
    await unlessGone(call("iam", "DeleteSAMLProvider", { SAMLProviderArn: physicalId }));
    return { status: "SUCCESS" };
  },
};
