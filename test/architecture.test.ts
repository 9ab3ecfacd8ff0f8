/** The table of who may import whom (README of src/), checked on every import of every file. */
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const source = fileURLToPath(new URL("../src", import.meta.url));

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

/** A room's rule: which of our rooms it may import, and which packages. `*` stands for any. */
interface Rule {
  readonly rooms: readonly string[];
  /** Rooms of which it may take types only. */
  readonly types?: readonly string[];
  readonly packages: readonly RegExp[];
}

const NODE = /^node:/;
const NODE_PURE = /^node:(crypto|buffer|path|net|util)$/;

const RULES: Readonly<Record<string, Rule>> = {
  languages: { rooms: ["languages"], packages: [NODE_PURE, /^velocityjs$/] },
  template: { rooms: ["template", "languages"], packages: [NODE_PURE, /^yaml$/] },
  kernel: { rooms: ["kernel", "languages"], packages: [NODE, /^(lmdb|msgpackr|sorted-btree|hash-wasm)$/] },
  wire: { rooms: ["wire", "kernel/errors.ts", "kernel/checksum.ts"], packages: [NODE] },
  compute: { rooms: ["compute", "kernel"], packages: [NODE] },
  gateway: { rooms: ["gateway", "wire", "kernel", "languages", "service.ts"], packages: [NODE] },
  control: { rooms: ["control", "kernel", "languages"], types: ["wire"], packages: [NODE] },
  cli: {
    rooms: ["cli", "delivery", "cloud.ts", "kernel/errors.ts", "check.ts", "sam.ts", "schema-catalogue.ts"],
    types: ["kernel"],
    packages: [NODE, /^commander$/],
  },
  testing: { rooms: ["testing", "cloud.ts", "languages"], packages: [NODE] },
  check: { rooms: ["check", "template", "languages"], packages: [NODE_PURE] },
  "check.ts": { rooms: ["check", "schema-catalogue.ts", "services/iam/aws-managed"], packages: [] },
  "resource.ts": { rooms: ["kernel/errors.ts"], packages: [] },
  "service.ts": { rooms: ["principal.ts"], types: ["kernel", "wire", "languages", "sdk-shapes.ts"], packages: [NODE] },
  "role-session.ts": { rooms: ["languages"], types: ["service.ts"], packages: [] },
  "service-metrics.ts": { rooms: [], types: ["kernel", "service.ts"], packages: [] },
  "principal.ts": { rooms: [], types: ["languages"], packages: [] },
  "sdk-shapes.ts": { rooms: [], packages: [NODE] },
  "sam.ts": { rooms: ["template"], packages: [] },
  "schema-catalogue.ts": { rooms: ["kernel/errors.ts"], types: ["template"], packages: [NODE] },
  "index.ts": {
    rooms: ["cloud.ts", "kernel/errors.ts", "delivery", "testing", "template"],
    types: ["kernel"],
    packages: [],
  },
  "cloud.ts": {
    rooms: [
      "control",
      "gateway",
      "kernel",
      "wire",
      "compute",
      "services",
      "service.ts",
      "languages",
      "template",
      "schema-catalogue.ts",
    ],
    packages: [NODE],
  },
};

/** What a service may import besides its own folder. */
function serviceRule(name: string): Rule {
  const rooms = [
    `services/${name}`,
    "service.ts",
    "resource.ts",
    "role-session.ts",
    "service-metrics.ts",
    "kernel",
    "languages",
    ...(name === "cloudformation" ? ["template"] : []),
  ];
  return { rooms, types: ["compute"], packages: [NODE, ...(SERVICE_PACKAGES[name] ?? [])] };
}

/** The libraries that one service has a reason for; its own SDK client gives types only. */
const SERVICE_PACKAGES: Readonly<Record<string, readonly RegExp[]>> = {
  codedeploy: [/^yaml$/],
  apigateway: [/^yaml$/],
  lambda: [/^(yauzl|fflate)$/],
  apigatewayv2: [/^yaml$/],
};

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !/(\.test|-fixture)\.ts$/.test(entry.name))
  .map((entry) => relative(source, join(entry.parentPath, entry.name)));

/** Static and dynamic imports and re-exports, by text: they stand at the beginning of a line, or in `import("…")`. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), "utf8");
  const found: Import[] = [];
  for (const [, keyword = "", clause = "", target = ""] of text.matchAll(
    /^(import|export)\s+([^;"'`]*?)from\s+"([^"]+)"/gms,
  )) {
    const named = /^\{(.*)\}\s*$/s.exec(clause.trim())?.[1];
    const onlyTypes =
      named !== undefined && named.split(",").every((part) => part.trim() === "" || part.trim().startsWith("type "));
    found.push({ file, target, typeOnly: clause.startsWith("type ") || (keyword !== "" && onlyTypes) });
  }
  for (const [, target = ""] of text.matchAll(/^import\s+"([^"]+)"/gm)) found.push({ file, target, typeOnly: false });
  for (const [, before = "", target = ""] of text.matchAll(/(typeof\s+)?import\("([^"]+)"\)/g)) {
    found.push({ file, target, typeOnly: before !== "" });
  }
  return found;
}

function ruleOf(file: string): Rule | undefined {
  const [room = "", name = ""] = file.split("/");
  return room === "services" ? serviceRule(name) : RULES[room];
}

function isIn(path: string, rooms: readonly string[]): boolean {
  return rooms.some((room) => path === room || path.startsWith(`${room}/`));
}

function verdict({ file, target, typeOnly }: Import): string | undefined {
  const rule = ruleOf(file);
  if (rule === undefined) return `${file} stands in no room of the house`;
  if (target.startsWith(".")) {
    const path = relative(source, resolve(dirname(join(source, file)), target));
    if (isIn(path, rule.rooms) || (typeOnly && isIn(path, rule.types ?? []))) return undefined;
    return `${file} imports ${path}`;
  }
  if (typeOnly && target.startsWith("@aws-sdk/client-")) return undefined;
  return rule.packages.some((allowed) => allowed.test(target)) ? undefined : `${file} imports ${target}`;
}

describe("the house", () => {
  it("has files in every room that the table names", () => {
    const rooms = new Set(files.map((file) => file.split("/")[0]));
    for (const room of Object.keys(RULES)) expect(rooms, room).toContain(room);
  });

  it("lets each room import only what the table allows", () => {
    expect(files.flatMap(importsOf).map(verdict).filter(Boolean)).toEqual([]);
  });

  it("would notice a service that imports another, and a room that imports the gateway", () => {
    expect(verdict({ file: "services/s3/a.ts", target: "../sqs/state.ts", typeOnly: true })).toBeDefined();
    expect(verdict({ file: "kernel/a.ts", target: "../gateway/gateway.ts", typeOnly: false })).toBeDefined();
    expect(verdict({ file: "services/s3/a.ts", target: "@aws-sdk/client-s3", typeOnly: false })).toBeDefined();
    expect(verdict({ file: "services/s3/a.ts", target: "../../kernel/errors.ts", typeOnly: false })).toBeUndefined();
  });

  it("asks the machine for the time in the clock alone, and for chance in the ids alone", () => {
    const allowed = /^(kernel\/(clock|random)\.ts|compute\/|cli\/)/;
    const asking = files.filter(
      (file) =>
        !allowed.test(file) &&
        /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\(|\bperformance\.now\(/.test(
          readFileSync(join(source, file), "utf8"),
        ),
    );
    expect(asking).toEqual([]);
  });
});
