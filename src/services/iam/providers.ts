/** Finds identity providers by ARN, or says in IAM's words that they are not there. */
import type { ServiceContext } from "../../service.ts";
import { noSuchEntity } from "./entities.ts";
import { oidcProviders, samlProviders, type OidcProvider, type SamlProvider } from "./state.ts";

/** The OpenID Connect provider. Raises NoSuchEntity. */
export function oidcProviderWithArn(context: ServiceContext, arn: string): OidcProvider {
  const provider = context.table(oidcProviders).get(arn);
  if (provider === undefined) throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);
  return provider;
}

/** The SAML provider. Raises NoSuchEntity. */
export function samlProviderWithArn(context: ServiceContext, arn: string): SamlProvider {
  const provider = context.table(samlProviders).get(arn);
  if (provider === undefined) throw noSuchEntity(`Manifest not found for arn ${arn}`);
  return provider;
}
