/** SAML providers, kept with their metadata; STS has no AssumeRoleWithSAML yet. */
import { AwsError } from "../../../kernel/errors.ts";
import type { Operations } from "../../../service.ts";
import { alreadyExists } from "../entities.ts";
import type { Iam } from "../iam.ts";
import { keyOf, withTags, shownTime } from "../names.ts";
import { samlProviderWithArn } from "../providers.ts";
import { samlProviders, type SamlProvider } from "../state.ts";

/** 100 years: what AWS answers for metadata that does not say until when it holds. */
const NO_END_MS = 100 * 365 * 86_400_000;

/** Until when the metadata holds. Raises InvalidInput for what is no SAML metadata. */
function validUntil(metadata: string, now: number): number {
  const tag = /<(?:[\w-]+:)?EntityDescriptor\b[^>]*>/.exec(metadata)?.[0];
  if (tag === undefined || !/<(?:[\w-]+:)?IDPSSODescriptor\b/.test(metadata)) {
    throw new AwsError("InvalidInputException", "Could not parse metadata");
  }
  const until = Date.parse(/\bvalidUntil="([^"]+)"/.exec(tag)?.[1] ?? "");
  return Number.isNaN(until) ? now + NO_END_MS : until;
}

export const samlProviderOperations = {
  CreateSAMLProvider(context, input) {
    refuseEncryption(input);
    const arn = `arn:aws:iam::${context.account}:saml-provider/${input.Name}`;
    const table = context.table(samlProviders);
    for (const { name } of table.list()) {
      if (keyOf(name) === keyOf(input.Name)) throw alreadyExists(`SAMLProvider ${arn} already exists`);
    }
    const { now } = context;
    const metadata = input.SAMLMetadataDocument;
    const tags = withTags([], input.Tags ?? []);
    const id = context.random.text(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    const provider: SamlProvider = {
      arn,
      name: input.Name,
      id,
      metadata,
      createDate: now,
      validUntil: validUntil(metadata, now),
      tags,
    };
    table.put([arn], provider);
    return { SAMLProviderArn: arn, ...(tags.length > 0 ? { Tags: tags } : {}) };
  },

  GetSAMLProvider(context, input) {
    const { id, metadata, createDate, validUntil, tags } = samlProviderWithArn(context, input.SAMLProviderArn);
    return {
      SAMLProviderUUID: id,
      SAMLMetadataDocument: metadata,
      CreateDate: shownTime(createDate),
      ValidUntil: shownTime(validUntil),
      Tags: [...tags],
    };
  },

  ListSAMLProviders(context) {
    const shown = [...context.table(samlProviders).list()].map(({ arn, createDate, validUntil }) => ({
      Arn: arn,
      CreateDate: shownTime(createDate),
      ValidUntil: shownTime(validUntil),
    }));
    return { SAMLProviderList: shown };
  },

  UpdateSAMLProvider(context, input) {
    refuseEncryption(input);
    if (input.RemovePrivateKey !== undefined) throw encryption("RemovePrivateKey");
    const provider = samlProviderWithArn(context, input.SAMLProviderArn);
    const metadata = input.SAMLMetadataDocument ?? provider.metadata;
    context
      .table(samlProviders)
      .put([provider.arn], { ...provider, metadata, validUntil: validUntil(metadata, context.now) });
    return { SAMLProviderArn: provider.arn };
  },

  DeleteSAMLProvider(context, input) {
    context.table(samlProviders).remove(samlProviderWithArn(context, input.SAMLProviderArn).arn);
    return {};
  },
} satisfies Operations<Iam>;

function refuseEncryption(input: { AssertionEncryptionMode?: unknown; AddPrivateKey?: unknown }): void {
  for (const member of ["AssertionEncryptionMode", "AddPrivateKey"] as const) {
    if (input[member] !== undefined) throw encryption(member);
  }
}

function encryption(member: string): AwsError {
  return new AwsError(
    "NotImplemented",
    `Seatrial does not support ${member}: it does not read encrypted SAML assertions.`,
    { status: 501 },
  );
}
