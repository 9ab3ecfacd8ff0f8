/** Console passwords of users. There is no console to sign in to; they are kept (as a hash), and held to the password policy. */
import { scryptSync, timingSafeEqual } from "node:crypto";
import { AwsError } from "../../../kernel/errors.ts";
import type { Operations, ServiceContext } from "../../../service.ts";
import { alreadyExists, noSuchEntity, userNamed } from "../entities.ts";
import type { Iam } from "../iam.ts";
import { keyOf, shownTime } from "../names.ts";
import { accounts, loginProfiles, type LoginProfile, type PasswordPolicy } from "../state.ts";
import { callingUserName } from "./users.ts";

/** AWS page "Set an account password policy for IAM users": what holds where the account has none of its own. */
export const DEFAULT_PASSWORD_POLICY: PasswordPolicy = {
  MinimumPasswordLength: 8,
  RequireSymbols: false,
  RequireNumbers: false,
  RequireUppercaseCharacters: false,
  RequireLowercaseCharacters: false,
  AllowUsersToChangePassword: false,
};

function profileOf(context: ServiceContext, userName: string): LoginProfile {
  const profile = context.table(loginProfiles).get(keyOf(userName));
  if (profile === undefined) throw noSuchEntity(`Login Profile for User ${userName} cannot be found.`);
  return profile;
}

function hash(password: string, salt: Buffer): Buffer {
  return scryptSync(password, salt, 32, { N: 1024 });
}

function keep(context: ServiceContext, password: string): string {
  checkPassword(context, password);
  const salt = context.random.bytes(16);
  return `${salt.toString("hex")}:${hash(password, salt).toString("hex")}`;
}

function checkPassword(context: ServiceContext, password: string): void {
  const policy = context.table(accounts).get("account")?.passwordPolicy ?? DEFAULT_PASSWORD_POLICY;
  const rules: readonly (readonly [boolean, boolean, string])[] = [
    [
      true,
      password.length >= policy.MinimumPasswordLength,
      `Password should have a minimum length of ${policy.MinimumPasswordLength}`,
    ],
    [policy.RequireSymbols, /[!@#$%^&*()_+\-=[\]{}|']/.test(password), "Password should have at least one symbol"],
    [policy.RequireNumbers, /\d/.test(password), "Password should have at least one number"],
    [policy.RequireUppercaseCharacters, /[A-Z]/.test(password), "Password should have at least one uppercase letter"],
    [policy.RequireLowercaseCharacters, /[a-z]/.test(password), "Password should have at least one lowercase letter"],
  ];
  const broken = rules.find(([required, kept]) => required && !kept);
  if (broken !== undefined) throw new AwsError("PasswordPolicyViolationException", broken[2]);
}

function showProfile({ userName, createDate, passwordResetRequired }: LoginProfile) {
  return { UserName: userName, CreateDate: shownTime(createDate), PasswordResetRequired: passwordResetRequired };
}

export const loginProfileOperations = {
  CreateLoginProfile(context, input) {
    const user = userNamed(context, input.UserName ?? callingUserName(context));
    const table = context.table(loginProfiles);
    if (table.has(keyOf(user.name))) throw alreadyExists(`Login Profile for user ${user.name} already exists.`);
    if (input.Password === undefined) throw new AwsError("ValidationError", "A login profile needs a Password.");
    const profile: LoginProfile = {
      userName: user.name,
      password: keep(context, input.Password),
      createDate: context.now,
      passwordResetRequired: input.PasswordResetRequired ?? false,
    };
    table.put([keyOf(user.name)], profile);
    return { LoginProfile: showProfile(profile) };
  },

  GetLoginProfile(context, input) {
    const user = userNamed(context, input.UserName ?? callingUserName(context));
    return { LoginProfile: showProfile(profileOf(context, user.name)) };
  },

  UpdateLoginProfile(context, input) {
    const user = userNamed(context, input.UserName);
    const profile = profileOf(context, user.name);
    context.table(loginProfiles).put([keyOf(user.name)], {
      ...profile,
      password: input.Password === undefined ? profile.password : keep(context, input.Password),
      passwordResetRequired: input.PasswordResetRequired ?? profile.passwordResetRequired,
    });
    return {};
  },

  DeleteLoginProfile(context, input) {
    const user = userNamed(context, input.UserName ?? callingUserName(context));
    context.table(loginProfiles).remove(keyOf(profileOf(context, user.name).userName));
    return {};
  },

  ChangePassword(context, input) {
    const profile = profileOf(context, callingUserName(context));
    const [salt = "", kept = ""] = profile.password.split(":");
    if (!timingSafeEqual(hash(input.OldPassword, Buffer.from(salt, "hex")), Buffer.from(kept, "hex"))) {
      throw new AwsError("AccessDenied", "The old password was incorrect.", { status: 403 });
    }
    const changed = { ...profile, password: keep(context, input.NewPassword), passwordResetRequired: false };
    context.table(loginProfiles).put([keyOf(profile.userName)], changed);
    return {};
  },
} satisfies Operations<Iam>;
