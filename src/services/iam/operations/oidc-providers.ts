/** OpenID Connect providers: how GitHub Actions and others get a role without a key. */
import { AwsError } from "../../../kernel/errors.ts";
import type { Operations, ServiceContext } from "../../../service.ts";
import { alreadyExists, quotaExceeded } from "../entities.ts";
import type { Iam } from "../iam.ts";
import { withTags, shownTime } from "../names.ts";
import { oidcProviderWithArn } from "../providers.ts";
import { oidcProviders, type OidcProvider } from "../state.ts";

const MOST_PROVIDERS = 100;
const MOST_CLIENT_IDS = 100;
const MOST_THUMBPRINTS = 5;

/** The URL without `https://`, as the ARN and the condition keys spell it. Raises InvalidInput. */
function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "https:") throw new AwsError("ValidationError", "Invalid Open ID Connect Provider URL");
  if (url.search !== "" || url.port !== "")
    throw new AwsError("InvalidInputException", "Invalid Open ID Connect Provider URL");
  return `${url.host}${url.pathname === "/" ? "" : url.pathname}`;
}

function checkThumbprints(thumbprints: readonly string[]): readonly string[] {
  if (thumbprints.length > MOST_THUMBPRINTS)
    throw new AwsError("InvalidInputException", "Thumbprint list must contain fewer than 5 entries.");
  for (const thumbprint of thumbprints) {
    if (!/^[0-9a-fA-F]{40}$/.test(thumbprint)) {
      throw new AwsError(
        "ValidationError",
        `Invalid thumbprint: ${thumbprint}. A thumbprint has 40 hexadecimal digits.`,
      );
    }
  }
  return thumbprints.map((thumbprint) => thumbprint.toLowerCase());
}

function change(context: ServiceContext, provider: OidcProvider): object {
  context.table(oidcProviders).put([provider.arn], provider);
  return {};
}

export const oidcProviderOperations = {
  CreateOpenIDConnectProvider(context, input) {
    const url = readUrl(input.Url);
    const arn = `arn:aws:iam::${context.account}:oidc-provider/${url}`;
    const table = context.table(oidcProviders);
    if (table.has(arn)) throw alreadyExists(`Provider with url ${input.Url} already exists.`);
    if ([...table.list()].length >= MOST_PROVIDERS)
      throw quotaExceeded("OpenIdConnectProvidersPerAccount", MOST_PROVIDERS);
    const clientIds = [...new Set(input.ClientIDList ?? [])];
    if (clientIds.length > MOST_CLIENT_IDS) throw quotaExceeded("ClientIdsPerOpenIdConnectProvider", MOST_CLIENT_IDS);
    const tags = withTags([], input.Tags ?? []);
    // AWS fetches the thumbprint itself where none is given; nothing here asks the outside world, so there is none then.
    const thumbprints = checkThumbprints(input.ThumbprintList ?? []);
    change(context, { arn, url, clientIds, thumbprints, createDate: context.now, tags });
    return { OpenIDConnectProviderArn: arn, ...(tags.length > 0 ? { Tags: tags } : {}) };
  },

  GetOpenIDConnectProvider(context, input) {
    const { url, clientIds, thumbprints, createDate, tags } = oidcProviderWithArn(
      context,
      input.OpenIDConnectProviderArn,
    );
    return {
      Url: url,
      ClientIDList: [...clientIds],
      ThumbprintList: [...thumbprints],
      CreateDate: shownTime(createDate),
      Tags: [...tags],
    };
  },

  ListOpenIDConnectProviders(context) {
    return { OpenIDConnectProviderList: [...context.table(oidcProviders).list()].map(({ arn }) => ({ Arn: arn })) };
  },

  UpdateOpenIDConnectProviderThumbprint(context, input) {
    const provider = oidcProviderWithArn(context, input.OpenIDConnectProviderArn);
    return change(context, { ...provider, thumbprints: checkThumbprints(input.ThumbprintList) });
  },

  AddClientIDToOpenIDConnectProvider(context, input) {
    const provider = oidcProviderWithArn(context, input.OpenIDConnectProviderArn);
    const clientIds = [...new Set([...provider.clientIds, input.ClientID])];
    if (clientIds.length > MOST_CLIENT_IDS) throw quotaExceeded("ClientIdsPerOpenIdConnectProvider", MOST_CLIENT_IDS);
    return change(context, { ...provider, clientIds });
  },

  RemoveClientIDFromOpenIDConnectProvider(context, input) {
    const provider = oidcProviderWithArn(context, input.OpenIDConnectProviderArn);
    return change(context, { ...provider, clientIds: provider.clientIds.filter((id) => id !== input.ClientID) });
  },

  DeleteOpenIDConnectProvider(context, input) {
    context.table(oidcProviders).remove(oidcProviderWithArn(context, input.OpenIDConnectProviderArn).arn);
    return {};
  },
} satisfies Operations<Iam>;
