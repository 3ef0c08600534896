import { dirname } from 'node:path/posix';
import { PRODUCT } from '../core/product.js';
import type { Operation } from '../services/provisioning/operations.js';
import { timeOf } from './formats.js';
import type { LogEntry } from './operations.js';

/** Log lines before and after the failing one. */
const BEFORE = 30;
const AFTER = 10;
/** Characters of a log line. */
const LINE_LENGTH = 300;

export interface ReportFacts {
  readonly version: string;
  readonly nodeVersion: string;
  readonly platform: string;
  readonly sandbox: boolean;
  readonly home: string;
  /** Title of the step that failed. */
  readonly step: string | undefined;
}

/** Excerpt of a failed provisioning for an issue, as Markdown. Names no account, no home folder and no address. */
export function operationReport(
  operation: Operation,
  entries: readonly LogEntry[],
  facts: ReportFacts,
): string {
  const { request, error, steps } = operation;
  const at = steps.findIndex(({ status }) => status === 'failed');
  const where = facts.step === undefined ? 'was interrupted' : `failed at “${facts.step}”`;
  const kind = facts.sandbox ? 'sandbox' : facts.platform;
  const lines = [
    `### ${request.kind === undefined ? 'Provisioning' : 'Work on a server'} ${where}`,
    '',
    `${PRODUCT} ${facts.version}, Node.js ${facts.nodeVersion}, ${kind}`,
    request.kind === undefined
      ? `${request.region}, ${request.size}, ${request.image}, ${request.installer}`
      : request.kind,
    ...(at < 0 ? [] : [`Step ${at + 1} of ${steps.length}`]),
    ...(error === undefined ? [] : ['', `> ${error.message} (${error.code})`]),
    '',
    ...excerpt(entries).map(({ at: time, text }) =>
      `    ${timeOf(time)} ${text}`.slice(0, LINE_LENGTH),
    ),
    '',
  ];
  return withoutPersonal(lines.join('\n'), facts.home);
}

function excerpt(entries: readonly LogEntry[]): readonly LogEntry[] {
  const failure = entries.findLastIndex(({ isFailure }) => isFailure === true);
  const middle = failure < 0 ? entries.length : failure;
  return entries.slice(Math.max(0, middle - BEFORE), middle + 1 + AFTER);
}

const E_MAIL = /[^\s@<>"'(),]+@[^\s@<>"'(),]+\.[A-Za-z]{2,}/g;
/** IPv4 addresses, except those of the machine itself. */
const ADDRESS = /\b(?!127\.)\d{1,3}(?:\.\d{1,3}){3}\b/g;

function withoutPersonal(report: string, home: string): string {
  const folder = dirname(home);
  const short = folder.length > 1 ? report.replaceAll(folder, '~') : report;
  return short.replace(E_MAIL, '[e-mail]').replace(ADDRESS, '[address]');
}
