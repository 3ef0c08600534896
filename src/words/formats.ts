import { grouped } from '../core/clean.js';
import type { CheckResult } from '../services/health/health.js';

/** `2026-11-20`, in the person's own time zone. */
export function dateOf(epochMs: number): string {
  const date = new Date(epochMs);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** `14:02` */
export function minuteOf(epochMs: number): string {
  return timeOf(epochMs).slice(0, 5);
}

/** `22 Nov` */
export function dayMonthOf(epochMs: number): string {
  const date = new Date(epochMs);
  return `${date.getDate()} ${MONTHS[date.getMonth()]!}`;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `09:31`, `22 Nov 03:12`, `22 Nov 2025` */
export function whenOf(at: number, now: number): string {
  if (dayMonthOf(at) === dayMonthOf(now) && now - at < 2 * 86_400_000) return minuteOf(at);
  const isOld = now - at > 300 * 86_400_000;
  return `${dayMonthOf(at)} ${isOld ? new Date(at).getFullYear() : minuteOf(at)}`;
}

/** `40 s`, `14 min`, `2 h 05 min`, `3 days`: how long something lasted. */
export function lengthOf(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.max(1, Math.round(ms / 1_000))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${two(minutes % 60)} min`;
  return count(Math.floor(hours / 24), 'day');
}

/** `about 1m 40s left`, in steps of ten seconds. */
export function timeLeft(ms: number): string {
  const seconds = Math.ceil(ms / 10_000) * 10;
  if (seconds <= 10) return 'a few seconds left';
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `about ${seconds} s left` : `about ${minutes}m ${two(seconds % 60)}s left`;
}

/** `100 %`, `99.94 %`: never 100 with a failure in it. */
export function shareText(share: number): string {
  const percent = Math.floor(share * 10_000) / 100;
  return `${percent === 100 ? '100' : percent.toFixed(2)} %`;
}

/** `14:02:11` */
export function timeOf(epochMs: number): string {
  const date = new Date(epochMs);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

export { grouped };

/** Made when it is first needed: Node.js reads megabytes of tables for it. */
let cents: Intl.NumberFormat | undefined;

/** `1 server`, `3,000 servers` */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${grouped(number)} ${number === 1 ? singular : plural}`;
}

/** Rough age: `3 days`, `5 h`, `12 min`, `just now`. */
export function age(fromMs: number, nowMs: number): string {
  const minutes = Math.floor(Math.max(0, nowMs - fromMs) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h` : count(Math.floor(hours / 24), 'day');
}

/** When `age` says something else for the first time after `nowMs`. */
export function ageChangesAt(fromMs: number, nowMs: number): number {
  const past = Math.max(0, nowMs - fromMs);
  const [minute, hour, day] = [60_000, 3_600_000, 86_400_000] as const;
  const step = past < hour ? minute : past < day ? hour : day;
  return Math.max(fromMs, nowMs - (past % step)) + step;
}

/** `21 ms`; under 10 with one digit more only when it says something: `0.4 ms`. */
export function milliseconds(ms: number): string {
  return ms < 1 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** `$4/month`, `$4.50/month`, `$4,316/month` */
export function monthly(usd: number): string {
  if (Number.isInteger(usd)) return `$${grouped(usd)}/month`;
  cents ??= new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return `$${cents.format(usd)}/month`;
}

/** `$8/month`, or `at least $8/month` where a price is not known; undefined for nothing. */
export function totalMonthly(prices: readonly (number | undefined)[]): string | undefined {
  const usd = prices.reduce<number>((sum, price) => sum + (price ?? 0), 0);
  if (usd === 0) return undefined;
  return prices.includes(undefined) ? `at least ${monthly(usd)}` : monthly(usd);
}

/** Rows of facts, each with as many cells as the head has names; `-` and nothing stand for no fact. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A line a row: below each other under their names, or each fact with its name, for reading aloud. */
export function tableLines({ head, rows }: Table, isPlain = false): readonly string[] {
  if (!isPlain) return table([head, ...rows]);
  return rows.map((row, index) => {
    const facts = row.map((cell, at) => [head[at]!.toLowerCase(), cell] as const);
    const said = facts.filter(([, cell]) => cell !== '' && cell !== '-');
    const place = rows.length === 1 ? '' : `${index + 1} of ${rows.length}: `;
    return `${place}${said.map((fact) => fact.join(' ').trim()).join(', ')}`;
  });
}

/** Rows with their cells below each other. Every row has as many cells as the first. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  return alignedRows(rows).map((row) => row.trimEnd());
}

/** Rows of one width each, for a column behind them. */
export function alignedRows(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]!.length))) ?? [];
  return rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at]!)).join('  '));
}

/** `256 colours, UTF-8` */
export function terminalText({
  colours,
  ascii,
}: {
  readonly colours: number;
  /** True if it shows ASCII characters only. */
  readonly ascii: boolean;
}): string {
  return `${colours === 0 ? 'no colours' : `${colours} colours`}, ${ascii ? 'ASCII' : 'UTF-8'}`;
}

/** Formats the answer of a panel: `online, 21 ms, panel 0.1.30`, `offline: connection refused`. */
export function healthText(result: CheckResult): string {
  if (result.state !== 'online') return `${result.state.replaceAll('-', ' ')}: ${result.reason}`;
  const { latencyMs, version } = result;
  return `online, ${Math.round(latencyMs)} ms${version === undefined ? '' : `, panel ${version}`}`;
}
