/** AWS::IAM::OIDCProvider and AWS::IAM::SAMLProvider (CloudFormation Template Reference). */
import { asWritten, present, requiredText, shownTags, text, unlessMissing } from "../../../resource.ts";
import type { ResourceType } from "../../../service.ts";
import { unlessGone, unlessThere } from "./attempts.ts";
import { droppedTagKeys, listOf, tagsOf } from "./properties.ts";
import { MISSING } from "./reading.ts";

export const oidcProvider: ResourceType = {
  properties: ["ClientIdList", "Tags", "ThumbprintList", "Url"],
  required: ["Url"],
  replaceOn: ["Url"],
  iam: true,
  identifiers: ["Arn"],
  async read({ call }, { physicalId: arn, properties }) {
    const work = call("iam", "GetOpenIDConnectProvider", { OpenIDConnectProviderArn: arn });
    const live = await unlessMissing(work, MISSING);
    if (live === undefined) return undefined;
    return {
      physicalId: arn,
      properties: present({
        ClientIdList: live.ClientIDList,
        Tags: shownTags(live.Tags),
        ThumbprintList: live.ThumbprintList,
        // IAM gives it back without its scheme.
        Url: live.Url && asWritten(properties["Url"], `https://${live.Url}`, bareUrl),
      }),
      attributes: { Arn: arn },
    };
  },
  async create({ call, account, partition }, request) {
    const { properties, retried } = request;
    const url = requiredText(properties, "Url");
    await unlessThere(
      retried,
      call("iam", "CreateOpenIDConnectProvider", {
        Url: url,
        ClientIDList: listOf(properties, "ClientIdList"),
        ThumbprintList: listOf(properties, "ThumbprintList"),
        Tags: tagsOf(request),
      }),
    );
    const arn = `arn:${partition}:iam::${account}:oidc-provider/${bareUrl(url)}`;
    return { status: "SUCCESS", physicalId: arn, attributes: { Arn: arn } };
  },
  async update({ call }, request) {
    const { physicalId: arn, properties, previousProperties } = request;
    const provider = { OpenIDConnectProviderArn: arn };
    const ids = listOf(properties, "ClientIdList");
    const before = listOf(previousProperties, "ClientIdList");
    for (const ClientID of ids)
      if (!before.includes(ClientID))
        await call("iam", "AddClientIDToOpenIDConnectProvider", { ...provider, ClientID });
    for (const ClientID of before)
      if (!ids.includes(ClientID))
        await call("iam", "RemoveClientIDFromOpenIDConnectProvider", { ...provider, ClientID });
    await call("iam", "UpdateOpenIDConnectProviderThumbprint", {
      ...provider,
      ThumbprintList: listOf(properties, "ThumbprintList"),
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

/** Without scheme and closing slash, as it stands in the provider's ARN. */
function bareUrl(url: string): string {
  return url.replace(/^https:\/\//, "").replace(/\/$/, "");
}

export const samlProvider: ResourceType = {
  properties: ["Name", "SamlMetadataDocument", "Tags"],
  required: ["SamlMetadataDocument"],
  replaceOn: ["Name"],
  nameProperty: "Name",
  iam: true,
  identifiers: ["Arn"],
  async read({ call }, { physicalId: arn }) {
    const live = await unlessMissing(call("iam", "GetSAMLProvider", { SAMLProviderArn: arn }), MISSING);
    if (live === undefined) return undefined;
    return {
      physicalId: arn,
      properties: present({
        Name: arn.slice(arn.indexOf("/") + 1),
        SamlMetadataDocument: live.SAMLMetadataDocument,
        Tags: shownTags(live.Tags),
      }),
      attributes: { Arn: arn, SamlProviderUUID: live.SAMLProviderUUID },
    };
  },
  async create({ call, account, partition }, request) {
    const { properties, retried } = request;
    const name = text(properties, "Name") ?? request.generatedName({ maxLength: 128 });
    const input = {
      Name: name,
      SAMLMetadataDocument: requiredText(properties, "SamlMetadataDocument"),
      Tags: tagsOf(request),
    };
    await unlessThere(retried, call("iam", "CreateSAMLProvider", input));
    const arn = `arn:${partition}:iam::${account}:saml-provider/${name}`;
    const { SAMLProviderUUID } = await call("iam", "GetSAMLProvider", { SAMLProviderArn: arn });
    return { status: "SUCCESS", physicalId: arn, attributes: { Arn: arn, SamlProviderUUID: SAMLProviderUUID } };
  },
  async update({ call }, request) {
    const { physicalId: arn, properties, attributes } = request;
    await call("iam", "UpdateSAMLProvider", {
      SAMLProviderArn: arn,
      SAMLMetadataDocument: requiredText(properties, "SamlMetadataDocument"),
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
