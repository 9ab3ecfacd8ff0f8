/** What a dashboard's body must be (AWS page "Dashboard body structure and syntax"), with AWS's kind of messages. Pure. */

/** One fault, with where it is. */
export interface ValidationMessage {
  readonly DataPath: string;
  readonly Message: string;
}

type Members = Readonly<Record<string, unknown>>;

const MOST_WIDGETS = 500;
const COLUMNS = 24;
const TALLEST = 1000;
const VIEWS = ["timeSeries", "singleValue", "gauge", "bar", "pie", "table"];

/** What each type of widget must have among its properties. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  alarm: ["alarms"],
  custom: ["endpoint"],
  explorer: ["metrics", "labels", "widgetOptions"],
  log: ["region", "query"],
  metric: ["region"],
  text: ["markdown"],
};

/** No messages: the body is a dashboard's. */
export function bodyFaults(text: string): ValidationMessage[] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return [fault("", "The field DashboardBody must be a valid JSON object")];
  }
  if (!isMembers(body)) return [fault("", "The field DashboardBody must be a valid JSON object")];
  const { widgets, start, end, periodOverride } = body;
  const faults: ValidationMessage[] = [];
  for (const [name, value] of Object.entries({ start, end })) {
    if (value !== undefined && typeof value !== "string") faults.push(fault(`/${name}`, "Should be string"));
  }
  if (end !== undefined && start === undefined)
    faults.push(fault("", "Should have property start when property end is present"));
  if (periodOverride !== undefined && periodOverride !== "auto" && periodOverride !== "inherit") {
    faults.push(fault("/periodOverride", "Should be equal to one of the allowed values"));
  }
  if (widgets === undefined) return [...faults, fault("", "Should have required property 'widgets'")];
  if (!Array.isArray(widgets)) return [...faults, fault("/widgets", "Should be array")];
  if (widgets.length > MOST_WIDGETS) faults.push(fault("/widgets", `Should NOT have more than ${MOST_WIDGETS} items`));
  return [...faults, ...widgets.flatMap((widget: unknown, index) => widgetFaults(widget, `/widgets/${index}`))];
}

function widgetFaults(widget: unknown, path: string): ValidationMessage[] {
  if (!isMembers(widget)) return [fault(path, "Should be object")];
  const { type, properties } = widget;
  const faults = placeFaults(widget, path);
  if (type === undefined) return [...faults, fault(path, "Should have required property 'type'")];
  const required = typeof type === "string" ? REQUIRED[type] : undefined;
  if (required === undefined) return [...faults, fault(`${path}/type`, "Should be equal to one of the allowed values")];
  if (properties === undefined) return [...faults, fault(path, "Should have required property 'properties'")];
  if (!isMembers(properties)) return [...faults, fault(`${path}/properties`, "Should be object")];
  const missing = required.filter((name) => properties[name] === undefined);
  return [
    ...faults,
    ...missing.map((name) => fault(`${path}/properties`, `Should have required property '${name}'`)),
    ...(type === "metric" ? metricFaults(properties, `${path}/properties`) : []),
  ];
}

function placeFaults(widget: Members, path: string): ValidationMessage[] {
  const bounds = { x: [0, COLUMNS - 1], y: [0, Infinity], width: [1, COLUMNS], height: [1, TALLEST] } as const;
  return Object.entries(bounds).flatMap(([name, [least, most]]) => {
    const value = widget[name];
    if (value === undefined) return [];
    if (typeof value !== "number" || !Number.isInteger(value)) return [fault(`${path}/${name}`, "Should be integer")];
    if (value < least) return [fault(`${path}/${name}`, `Should be >= ${least}`)];
    return value > most ? [fault(`${path}/${name}`, `Should be <= ${most}`)] : [];
  });
}

function metricFaults(properties: Members, path: string): ValidationMessage[] {
  const { metrics, annotations, view } = properties;
  const faults: ValidationMessage[] = [];
  if (view !== undefined && (typeof view !== "string" || !VIEWS.includes(view))) {
    faults.push(fault(`${path}/view`, "Should be equal to one of the allowed values"));
  }
  if (metrics === undefined) {
    if (annotations === undefined) faults.push(fault(path, "Should have required property 'metrics'"));
    return faults;
  }
  if (!Array.isArray(metrics)) return [...faults, fault(`${path}/metrics`, "Should be array")];
  return [...faults, ...metrics.flatMap((metric: unknown, index) => rowFaults(metric, `${path}/metrics/${index}`))];
}

/** `["Namespace", "Metric", "Dimension", "value", { … }]`, or `[{ "expression": "…" }]`. */
function rowFaults(row: unknown, path: string): ValidationMessage[] {
  if (!Array.isArray(row)) return [fault(path, "Should be array")];
  const items: unknown[] = row;
  if (items.length === 0) return [fault(path, "Should NOT have less than 1 items")];
  const last = items.at(-1);
  const texts = isMembers(last) ? items.slice(0, -1) : items;
  if (isMembers(last) && texts.length === 0) {
    return typeof last["expression"] === "string"
      ? []
      : [fault(`${path}/0`, "Should have required property 'expression'")];
  }
  const wrong = texts.findIndex((text) => typeof text !== "string");
  if (wrong >= 0) return [fault(`${path}/${wrong}`, "Should be string")];
  // A namespace and a metric, then pairs; unless "..." stands for what came before.
  return texts.includes("...") || texts.length % 2 === 0
    ? []
    : [fault(path, "Should match exactly one schema in oneOf")];
}

function fault(DataPath: string, Message: string): ValidationMessage {
  return { DataPath: DataPath === "" ? "/" : DataPath, Message };
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
