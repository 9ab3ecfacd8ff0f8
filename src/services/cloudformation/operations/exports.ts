/** ListExports and ListImports; stack policies; signals from outside. */
import type { Operations } from "../../../service.ts";
import { inBrackets, invalid, needStack } from "../names.ts";
import { usersOf } from "../outputs.ts";
import { pageOf } from "../paging.ts";
import type { Sdk } from "../sdk.ts";
import { exports, policies } from "../state.ts";
import { policyText } from "./stacks.ts";

const PAGE = 100;

export const exportOperations = {
  ListExports(context, input) {
    const { items, next } = pageOf([...context.table(exports).list()], input.NextToken, PAGE);
    return {
      Exports: items.map(({ name, value, stackId }) => ({ ExportingStackId: stackId, Name: name, Value: value })),
      NextToken: next,
    };
  },

  ListImports(context, input) {
    const users = usersOf(context, input.ExportName);
    if (users.length === 0) throw invalid(`Export '${input.ExportName}' is not imported by any stack.`);
    const { items, next } = pageOf(users, input.NextToken, PAGE);
    return { Imports: [...items], NextToken: next };
  },

  async SetStackPolicy(context, input) {
    const stack = needStack(context, input.StackName, inBrackets);
    const text = await policyText(context, input.StackPolicyBody, input.StackPolicyURL);
    if (text === undefined) throw invalid("Either StackPolicyBody or StackPolicyURL must be specified");
    context.transact(() => context.table(policies).put([stack.id], text));
    return {};
  },

  GetStackPolicy(context, input) {
    const stack = needStack(context, input.StackName, inBrackets);
    return { StackPolicyBody: context.table(policies).get(stack.id) };
  },
} satisfies Operations<Sdk>;
