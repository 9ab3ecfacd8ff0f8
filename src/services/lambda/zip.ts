/**
 * Unpacks a deployment package into a directory: exec bits kept, links kept where they stay inside, and nothing ever written outside
 * (AWS page "Lambda quotas" for the sizes).
 */
import { createWriteStream } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fromBuffer, type Entry, type ZipFile } from "yauzl";
import { AwsError } from "../../kernel/errors.ts";
import { collect } from "./bytes.ts";
import { invalid } from "./errors.ts";

/** What a function's code, or its layers, may weigh unpacked, in bytes. */
export const MOST_UNPACKED_BYTES = 262_144_000;
/** A link's text is read into memory. */
const LONGEST_LINK = 4096;

const LINK = 0o120000;
const KIND = 0o170000;

/**
 * Unpacks `zip` into `directory`, which must be there and empty; answers the bytes unpacked. What is there after an error is the
 * caller's to remove. Raises InvalidParameterValueException for what is no zip, leads outside, or is too large.
 */
export async function unpack(zip: Uint8Array, directory: string): Promise<number> {
  if (zip.length === 0) invalid("Uploaded file must be a non-empty zip");
  try {
    return await unpackInto(await open(zip), directory);
  } catch (error) {
    if (error instanceof AwsError) throw error;
    if (isDiskTrouble(error)) throw error;
    return broken();
  }
}

function broken(): never {
  return invalid("Could not unzip uploaded file. Please check your file, then try to upload again.");
}

/** A full disk is not the zip's fault. */
function isDiskTrouble(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && ["ENOSPC", "EACCES", "EROFS", "EMFILE"].includes(String(error.code))
  );
}

function open(zip: Uint8Array): Promise<ZipFile> {
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  return new Promise((resolve, reject) => {
    // yauzl refuses absolute names, `..` and sizes that are not as declared.
    fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true }, (error, file) =>
      error === null ? resolve(file) : reject(error),
    );
  });
}

async function unpackInto(file: ZipFile, directory: string): Promise<number> {
  const entries: Entry[] = [];
  let total = 0;
  for (let entry = await next(file); entry !== undefined; entry = await next(file)) {
    entries.push(entry);
    total += entry.uncompressedSize;
  }
  if (entries.length === 0) invalid("Uploaded file must be a non-empty zip");
  // Before anything is written; what is longer than it says fails when it comes to that.
  if (total > MOST_UNPACKED_BYTES) invalid(`Unzipped size must be smaller than ${MOST_UNPACKED_BYTES} bytes`);

  const links: { readonly at: string; readonly to: string }[] = [];
  for (const entry of entries) {
    const at = path.join(directory, entry.fileName);
    if (entry.fileName.endsWith("/")) {
      await mkdir(at, { recursive: true });
      continue;
    }
    await mkdir(path.dirname(at), { recursive: true });
    if ((modeOf(entry) & KIND) === LINK) {
      links.push({ at, to: await linkTarget(file, entry, at, directory) });
      continue;
    }
    await pipeline(await content(file, entry), createWriteStream(at, { mode: permissions(entry) }));
  }
  // Last, so that no file is ever written through one.
  for (const { at, to } of links) await symlink(to, at);
  return total;
}

function next(file: ZipFile): Promise<Entry | undefined> {
  return new Promise((resolve, reject) => {
    const done = (act: () => void) => (): void => {
      file.removeAllListeners("entry").removeAllListeners("end").removeAllListeners("error");
      act();
    };
    file.once("entry", (entry: Entry) => done(() => resolve(entry))());
    file.once(
      "end",
      done(() => resolve(undefined)),
    );
    file.once("error", (error: Error) => done(() => reject(error))());
    file.readEntry();
  });
}

function content(file: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    file.openReadStream(entry, (error, stream) => (error === null ? resolve(stream) : reject(error)));
  });
}

/** The Unix mode, 0 where the zip was made elsewhere. */
function modeOf(entry: Entry): number {
  const madeOnUnix = entry.versionMadeBy >>> 8 === 3;
  return madeOnUnix ? entry.externalFileAttributes >>> 16 : 0;
}

/** The file's own permissions, and those that this process needs to take it away again. */
function permissions(entry: Entry): number {
  const mode = modeOf(entry) & 0o777;
  return mode === 0 ? 0o644 : mode | 0o400;
}

async function linkTarget(file: ZipFile, entry: Entry, at: string, directory: string): Promise<string> {
  const bytes = await collect(await content(file, entry), LONGEST_LINK);
  const to = Buffer.from(bytes ?? broken()).toString();
  const inside = path.relative(directory, path.resolve(path.dirname(at), to));
  if (to === "" || path.isAbsolute(to) || inside === ".." || inside.startsWith(`..${path.sep}`)) broken();
  return to;
}
