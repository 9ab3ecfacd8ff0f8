/**
 * A look at LMDB's file before it is opened: LMDB trusts what it finds there, and a file that is cut off or overwritten ends the
 * whole process with a segmentation fault or a bus error instead of an error that could be told.
 *
 * It sees what stands at the file's two meta pages (LMDB's `MDB_meta`, of the version that lmdb-js carries); damage deep inside
 * remains unseen.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";

const MAGIC = 0xbeefc0de;
const META_BYTES = 160;
const NO_PAGE = 2n ** 64n - 1n;

/** Where things stand in a meta page, in bytes from its beginning. */
const AT = { magic: 24, pageSize: 48, freeRoot: 88, mainRoot: 136, transaction: 152 } as const;

/** What is wrong with the file, as the end of a sentence; undefined when nothing is seen, or there is no file yet. */
export function damageOf(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const opened = openSync(file, "r");
  try {
    const { size } = fstatSync(opened);
    if (size === 0) return undefined;
    const first = metaAt(opened, 0);
    const pageSize = first?.readUInt32LE(AT.pageSize) ?? 0;
    const second = pageSize >= 512 ? metaAt(opened, pageSize) : undefined;
    if (first === undefined || second === undefined) return "it does not begin as a file of LMDB's does";
    const newest = first.readBigUInt64LE(AT.transaction) > second.readBigUInt64LE(AT.transaction) ? first : second;
    const pages = BigInt(Math.ceil(size / pageSize));
    for (const at of [AT.freeRoot, AT.mainRoot]) {
      const root = newest.readBigUInt64LE(at);
      if (root !== NO_PAGE && root >= pages) return "its end is missing";
    }
    return undefined;
  } finally {
    closeSync(opened);
  }
}

/** The meta page there; undefined when it is none. */
function metaAt(opened: number, position: number): Buffer | undefined {
  const bytes = Buffer.alloc(META_BYTES);
  if (readSync(opened, bytes, 0, META_BYTES, position) < META_BYTES) return undefined;
  return bytes.readUInt32LE(AT.magic) === MAGIC ? bytes : undefined;
}
