/** Reading parameters: by name, by path, and their history. */
import { isAwsError } from "../../../kernel/errors.ts";
import type { Handler, ServiceContext } from "../../../service.ts";
import { notFound, refuse } from "../errors.ts";
import { pathTest, type Filtered } from "../filters.ts";
import { isBelow, pathPrefix, read, type Asked } from "../names.ts";
import { readToken, takePage } from "../paging.ts";
import type { Sdk } from "../sdk.ts";
import { permit } from "../sharing.ts";
import { showMetadata, showParameter, valueOf, versionAsked } from "../shown.ts";
import { labels, labelsOf, parameters, versions, type Version } from "../state.ts";

const PATH_PAGE = 10;
const HISTORY_PAGE = 50;

export const GetParameter: Handler<Sdk, "GetParameter"> = (context, input) => {
  const asked = read(context, input.Name);
  permit(context, asked, "ssm:GetParameter");
  return { Parameter: showParameter(context, asked, versionAsked(context, asked), input.WithDecryption) };
};

/** In alphabetical order; those that are not there come back by their names. */
export const GetParameters: Handler<Sdk, "GetParameters"> = (context, input) => {
  const InvalidParameters: string[] = [];
  const found: { readonly asked: Asked; readonly version: Version }[] = [];
  for (const name of new Set(input.Names)) {
    try {
      const asked = read(context, name);
      permit(context, asked, "ssm:GetParameters");
      found.push({ asked, version: versionAsked(context, asked) });
    } catch (error) {
      if (!isAwsError(error, "ParameterNotFound", "ParameterVersionNotFound")) throw error;
      InvalidParameters.push(name);
    }
  }
  found.sort((one, other) => (one.asked.name < other.asked.name ? -1 : 1));
  return {
    Parameters: found.map(({ asked, version }) => showParameter(context, asked, version, input.WithDecryption)),
    InvalidParameters,
  };
};

export const GetParametersByPath: Handler<Sdk, "GetParametersByPath"> = (context, input) => {
  const prefix = pathPrefix(input.Path);
  const { test, labels: wanted } = pathTest(input.ParameterFilters ?? []);
  const last = readToken(input.NextToken);
  const { page, rest } = takePage(
    below(context, { prefix, recursive: input.Recursive === true, last, wanted, test }),
    input.MaxResults ?? PATH_PAGE,
    ({ parameter }) => parameter.name,
  );
  return {
    Parameters: page.map(({ parameter: { name }, version }) =>
      showParameter(context, { owner: context, name, shown: name }, version, input.WithDecryption),
    ),
    ...rest,
  };
};

interface Below {
  readonly prefix: string;
  readonly recursive: boolean;
  readonly last: string | undefined;
  /** Labels of which the version has to have one; the latest version otherwise. */
  readonly wanted: readonly string[] | undefined;
  readonly test: (filtered: Filtered) => boolean;
}

function* below(context: ServiceContext, { prefix, recursive, last, wanted, test }: Below): Iterable<Filtered> {
  const from = last === undefined ? {} : { from: last };
  for (const [, parameter] of context.table(parameters).beginning([], prefix, from)) {
    const { name } = parameter;
    if (name === last || !isBelow(name, prefix, recursive)) continue;
    const number = wanted === undefined ? parameter.version : labelled(context, name, wanted);
    const version = number === undefined ? undefined : context.table(versions).get(name, number);
    if (version !== undefined && test({ parameter, version })) yield { parameter, version };
  }
}

function labelled(context: ServiceContext, name: string, wanted: readonly string[]): number | undefined {
  const table = context.table(labels);
  return wanted.map((label) => table.get(name, label)).find((version) => version !== undefined);
}

export const GetParameterHistory: Handler<Sdk, "GetParameterHistory"> = (context, input) => {
  const asked = read(context, input.Name);
  const { owner, name, shown, selector } = asked;
  if (selector !== undefined) throw notFound();
  permit(context, asked, "ssm:GetParameterHistory");
  if (!context.table(parameters, owner).has(name)) throw notFound();
  const last = readToken(input.NextToken);
  if (last !== undefined && !/^\d+$/.test(last)) refuse("InvalidNextToken", "The specified token isn't valid.");
  const rows = context.table(versions, owner).list([name], last === undefined ? {} : { after: [Number(last)] });
  const { page, rest } = takePage(rows, input.MaxResults ?? HISTORY_PAGE, ({ version }) => String(version));
  return {
    Parameters: page.map((version) => ({
      ...showMetadata(shown, version),
      Value: valueOf(context, owner, name, version, input.WithDecryption),
      Labels: labelsOf(context, name, version.version, owner),
    })),
    ...rest,
  };
};
