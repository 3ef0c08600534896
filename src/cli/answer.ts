import { cleanJson } from '../core/clean.js';
import { messageOf, PortlamaError } from '../core/errors.js';
import type { TokenFinding } from '../services/digitalocean/scopes.js';
import type { TokenReport } from '../services/digitalocean/token-check.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { World } from '../main/world.js';
import { type Table, tableLines } from '../words/formats.js';
import { hintText } from '../words/hints.js';
import { type Line, lineText } from '../words/question.js';
import type { TokenAnswer } from './answers/cloud.js';
import type { ErrorAnswer } from './answers/error.js';
import type { EntryAnswer } from './answers/servers.js';
import type { Call } from './commands/command.js';
import { say } from './say.js';
import { writeText } from './write.js';

/** Result of a command: objects for a program, lines for a person. */
export interface Answer {
  /** One object, or one a line. */
  readonly json: object | readonly object[];
  /** Left out where the use case said everything. */
  readonly lines?: readonly (Line | Table)[] | undefined;
  /** Default: 0. */
  readonly exitCode?: number | undefined;
}

/** Prints the result in the form that was asked for. Resolves to the exit code. */
export function giveAnswer({ json, lines = [], exitCode = 0 }: Answer, call: Call): number {
  const { world, switches } = call;
  if (switches.has('json')) for (const each of [json].flat()) writeJson(each);
  else for (const text of lines.flatMap((line) => textsOf(line, world.settings))) say(world, text);
  return exitCode;
}

function textsOf(line: Line | Table, settings: World['settings']): readonly string[] {
  return typeof line === 'object' && 'head' in line
    ? tableLines(line, settings.plain)
    : [lineText(line, settings)];
}

/** Writes one object as a line of standard output; fields that are undefined are left out. */
export function writeJson(value: object): void {
  writeText(process.stdout, `${cleanJson(value)}\n`);
}

/** A failure as a program reads it. */
export function errorAnswer(error: unknown, world: { readonly sandbox: boolean }): ErrorAnswer {
  const { code, hint } =
    error instanceof PortlamaError ? error : { code: 'failed', hint: undefined };
  return { error: { code, message: messageOf(error), hint: hintText(hint, world) || null } };
}

/** The fields of a server's entry that the contract names, and no others. */
export function entryAnswer(server: ServerEntry): EntryAnswer {
  const { id, label, panelUrl, ip, domain, provider, providerId, region } = server;
  const { createdAt, active, authMethod, keychainIdentity, p12Path } = server;
  const place = { id, label, panelUrl, ip, domain, provider, providerId, region };
  return { ...place, createdAt, active, authMethod, keychainIdentity, p12Path };
}

/** Facts of a token, without its scopes in words. */
export function tokenAnswer(report: TokenReport): TokenAnswer {
  const { ok, valid, account, dropletsUsed, dropletLimit, expiresInDays, ...rest } = report;
  const { missing, dangerous, unverified, problems, warnings } = rest;
  const short = ({ code, message }: TokenFinding) => ({ code, message });
  return {
    ok,
    valid,
    email: account?.email,
    dropletsUsed,
    dropletLimit,
    expiresInDays,
    missing,
    dangerous,
    unverified,
    problems: problems.map(short),
    warnings: warnings.map(short),
  };
}
