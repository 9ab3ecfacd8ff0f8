/** Access keys of users. Root has none here: twelve digits stand for it. */
import { newKeyId } from "../../../kernel/access-key-id.ts";
import type { IssuedKey, Operations, ServiceContext } from "../../../service.ts";
import { noSuchEntity, quotaExceeded, userNamed } from "../entities.ts";
import type { Iam } from "../iam.ts";
import { keyOf, shownTime } from "../names.ts";
import { pageOf } from "../paging.ts";
import { accessKeys, accessKeysOfUser, users, type AccessKey, type User } from "../state.ts";
import { callingUserName } from "./users.ts";

const KEYS_PER_USER = 2;
/** 40 characters of base 64. */
const SECRET_BYTES = 30;

/** Whose key this is, for whoever checks a signature. */
export function issuedKey(context: ServiceContext, accessKeyId: string): IssuedKey | undefined {
  const key = context.table(accessKeys).get(accessKeyId);
  const user = key && context.table(users, { account: key.account }).get(keyOf(key.userName));
  if (key === undefined || user === undefined) return undefined;
  const { account, secretAccessKey, status } = key;
  return {
    principal: { type: "user", account, arn: user.arn, userName: user.name, userId: user.id, accessKeyId },
    secretAccessKey,
    status,
  };
}

function userOf(context: ServiceContext, name: string | undefined): User {
  return userNamed(context, name ?? callingUserName(context));
}

function keyOfUser(context: ServiceContext, user: User, accessKeyId: string): AccessKey {
  const key = context.table(accessKeys).get(accessKeyId);
  if (key !== undefined && key.account === context.account && key.userName === user.name) return key;
  throw noSuchEntity(`The Access Key with id ${accessKeyId} cannot be found.`);
}

export const accessKeyOperations = {
  CreateAccessKey(context, input) {
    const user = userOf(context, input.UserName);
    const ids = context.table(accessKeysOfUser);
    if ([...ids.list([keyOf(user.name)])].length >= KEYS_PER_USER)
      throw quotaExceeded("AccessKeysPerUser", KEYS_PER_USER);
    const key: AccessKey = {
      accessKeyId: newKeyId(context.random, "AKIA", context.account),
      secretAccessKey: context.random.bytes(SECRET_BYTES).toString("base64"),
      account: context.account,
      userName: user.name,
      status: "Active",
      createDate: context.now,
    };
    context.table(accessKeys).put([key.accessKeyId], key);
    ids.put([keyOf(user.name), key.createDate, key.accessKeyId], key.accessKeyId);
    return {
      AccessKey: {
        UserName: user.name,
        AccessKeyId: key.accessKeyId,
        Status: key.status,
        SecretAccessKey: key.secretAccessKey,
        CreateDate: shownTime(key.createDate),
      },
    };
  },

  ListAccessKeys(context, input) {
    const user = userOf(context, input.UserName);
    const found = [...context.table(accessKeysOfUser).list([keyOf(user.name)])].flatMap(
      (id) => context.table(accessKeys).get(id) ?? [],
    );
    const { items, rest } = pageOf(found, input, (key) => String(key.createDate) + key.accessKeyId);
    return {
      AccessKeyMetadata: items.map((key) => ({
        UserName: user.name,
        AccessKeyId: key.accessKeyId,
        Status: key.status,
        CreateDate: shownTime(key.createDate),
      })),
      ...rest,
    };
  },

  UpdateAccessKey(context, input) {
    const key = keyOfUser(context, userOf(context, input.UserName), input.AccessKeyId);
    const status = input.Status === "Active" ? "Active" : "Inactive";
    context.table(accessKeys).put([key.accessKeyId], { ...key, status });
    return {};
  },

  DeleteAccessKey(context, input) {
    const user = userOf(context, input.UserName);
    const key = keyOfUser(context, user, input.AccessKeyId);
    context.table(accessKeys).remove(key.accessKeyId);
    context.table(accessKeysOfUser).remove(keyOf(user.name), key.createDate, key.accessKeyId);
    return {};
  },
} satisfies Operations<Iam>;
