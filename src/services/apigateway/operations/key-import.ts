/** ImportApiKeys: keys from a file of comma-separated values (AWS page "API Gateway API key file format"). */
import { AwsError } from "../../../kernel/errors.ts";
import type { Operations, ServiceContext } from "../../../service.ts";
import { badRequest } from "../errors.ts";
import type { Sdk } from "../sdk.ts";
import { apiKeys, keyPlans, keyValues, usagePlans } from "../state.ts";
import { newKey } from "./api-keys.ts";
import { addKey } from "./usage-plan-keys.ts";

/** A line's fields; those in double or single quotes may have commas. */
export function fieldsOf(line: string): string[] {
  const fields: string[] = [];
  let rest = line;
  for (;;) {
    const [, double, single, plain = ""] = /^\s*(?:"((?:[^"]|"")*)"|'([^']*)'|([^,]*))\s*/.exec(rest) ?? [];
    const quoted = double?.replaceAll('""', '"') ?? single;
    fields.push(quoted ?? plain.trim());
    const end = rest.indexOf(",", quoted === undefined ? 0 : rest.search(/["']/) + (double ?? single ?? "").length + 2);
    if (end < 0) return fields;
    rest = rest.slice(end + 1);
  }
}

type Row = Readonly<Record<string, string>>;

/** Raises BadRequestException where a column is missing that there must be. */
function rowsOf(text: string): Row[] {
  const [head = "", ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const columns = fieldsOf(head).map((name) => name.toLowerCase());
  for (const needed of ["name", "key"]) {
    if (!columns.includes(needed)) badRequest(`The API key file must contain the column '${needed}'`);
  }
  return lines.map((line) => Object.fromEntries(fieldsOf(line).map((field, at) => [columns[at] ?? "", field])));
}

/** A key of the same value is overwritten. */
function importKey(context: ServiceContext, row: Row): string {
  const { name, key: value = "", description, enabled = "" } = row;
  const isEnabled = enabled === "" || enabled.toLowerCase() === "true";
  const known = context.table(keyValues).get(value);
  const found = known === undefined ? undefined : context.table(apiKeys).get(known);
  if (found !== undefined) {
    const changed = { ...found, name, description, enabled: isEnabled, updatedAt: context.now };
    context.table(apiKeys).put([found.id], changed);
    return found.id;
  }
  return newKey(context, { name, value, description, enabled: isEnabled }).id;
}

export const keyImportOperations = {
  ImportApiKeys(context, { body, format, failOnWarnings }) {
    if (format !== "csv") badRequest("Invalid API key format. Only csv is supported");
    const ids: string[] = [];
    const warnings: string[] = [];
    for (const row of rowsOf(Buffer.from(body).toString())) {
      try {
        const id = importKey(context, row);
        ids.push(id);
        for (const planId of (row["usageplanids"] ?? "").split(",").map((plan) => plan.trim())) {
          if (planId === "" || context.table(keyPlans).has(id, planId)) continue;
          if (context.table(usagePlans).has(planId)) addKey(context, planId, id);
          else warnings.push(`Invalid Usage Plan ID specified: ${planId}`);
        }
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        warnings.push(`Unable to import API key '${row["name"] ?? ""}': ${error.message}`);
      }
    }
    // What is raised here takes back all that was written: the whole operation is one transaction.
    if (failOnWarnings === true && warnings.length > 0) badRequest(warnings.join("\n"));
    return { ids, warnings };
  },
} satisfies Operations<Sdk>;
