/** DescribeParameters: what parameters there are, without their values. */
import type { Handler, ServiceContext } from "../../../service.ts";
import { invalid } from "../errors.ts";
import { describeTest, oldTest, type Filtered, type Test } from "../filters.ts";
import { parameterArn } from "../names.ts";
import { readToken, takePage } from "../paging.ts";
import type { Sdk } from "../sdk.ts";
import { showMetadata } from "../shown.ts";
import { parameters, versions } from "../state.ts";

const PAGE = 10;

export const DescribeParameters: Handler<Sdk, "DescribeParameters"> = (context, input) => {
  const { Filters: old = [], ParameterFilters: filters = [] } = input;
  if (old.length > 0 && filters.length > 0) {
    invalid("You can use either Filters or ParameterFilters in a single request.");
  }
  const test = old.length > 0 ? oldTest(old) : describeTest(filters);
  const last = readToken(input.NextToken);
  // What PutResourcePolicy shares is listed only once AWS RAM has been told of it, and there is no RAM here.
  if (input.Shared === true) return { Parameters: [] };
  const found = matching(context, test, last);
  const { page, rest } = takePage(found, input.MaxResults ?? PAGE, ({ parameter }) => parameter.name);
  return {
    Parameters: page.map(({ parameter: { name }, version }) => ({
      ...showMetadata(name, version),
      ARN: parameterArn(context, name),
    })),
    ...rest,
  };
};

function* matching(context: ServiceContext, test: Test, last: string | undefined): Iterable<Filtered> {
  for (const parameter of context.table(parameters).list([], last === undefined ? {} : { after: [last] })) {
    const version = context.table(versions).get(parameter.name, parameter.version);
    if (version !== undefined && test({ parameter, version })) yield { parameter, version };
  }
}
