import { keyOf } from '../../words/keys.js';
import { age, dateOf, milliseconds, minuteOf, monthly } from '../../words/formats.js';
import { expiryDate } from '../../words/expiry.js';
import { resourceTitle } from '../../words/operations.js';
import { certificateEndOf, isUnderWay, missingDroplet, stepCount } from '../../app/server-rows.js';
import { stepTitle } from '../../app/service-words.js';
import { DAY_MS } from '../../core/time.js';
import { barsOf, bucketsOf, historyOf, HOUR_MS } from '../../app/server-history.js';
import type { AppState, ServerHealth } from '../../app/state.js';
import type { Operation } from '../../services/provisioning/operations.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import type { DetailRow } from '../../widgets/details.js';
import { elapsedSince, glyph, join, link, style, type Text } from '../../widgets/markup.js';
import type { ChartPaneData } from '../../widgets/chart.js';
import { healthSign, operationSign, serverSign } from './columns.js';

/** Facts about a server, for the pane beside the list. Pure. */
export function serverDetails(
  server: ServerEntry,
  state: AppState,
  now: number,
): readonly DetailRow[] {
  const health = state.health.get(server.id);
  const rows: DetailRow[] = [
    {
      label: 'Status',
      value: [...workLines(server.id, state), ...serverLines(server, state, now)],
    },
    { label: 'Panel', value: link(server.panelUrl) },
  ];
  const latency = latencyLine(health?.samples ?? []);
  if (latency !== undefined) rows.splice(1, 0, { label: 'Latency', value: latency });
  if (server.domain !== undefined) rows.push({ label: 'Address', value: server.ip });
  rows.push({ label: 'Droplet', value: dropletLines(server, state) });
  const account = state.droplets.listed.get(server.id)?.account;
  if (account !== undefined) rows.push({ label: 'Account', value: account });
  rows.push({ label: 'Created', value: createdLine(server.createdAt, now) });
  rows.push({ label: 'Cert', value: certificateLines(server, state, now) });
  return rows;
}

/** Work under way on a server. Pure. */
export function workLines(serverId: string, state: AppState): readonly Text[] {
  return state.running
    .filter(({ subject }) => subject === serverId)
    .flatMap(({ title, startedAt, waiting }) => [
      join([glyph('spinner'), ' ', title, '  ', elapsedSince(startedAt)]),
      ...(waiting === undefined ? [] : [style('muted', waiting)]),
    ]);
}

/** State of a server, with the reason if it is not well. Pure. */
export function serverLines(server: ServerEntry, state: AppState, now: number): readonly Text[] {
  const health = state.health.get(server.id);
  const missing = missingDroplet(state, server.id);
  if (missing !== 'gone') return statusLines(health, now);
  const [sign, word] = serverSign({ missing, health });
  return [
    join([glyph(sign), ' ', word]),
    `This droplet no longer exists in your account. Press ${keyOf('servers.destroy')} to remove it.`,
  ];
}

function statusLines(known: ServerHealth | undefined, now: number): readonly Text[] {
  const health = known?.health;
  const [sign, word] = healthSign(health);
  if (health === undefined || health.state === 'checking') return [join([glyph(sign), ' ', word])];
  if (health.state === 'online') {
    const version = health.version === undefined ? '' : `, panel ${health.version}`;
    return [join([glyph(sign), ' ', word, `, ${milliseconds(health.latencyMs)}${version}`])];
  }
  const since = age(health.since, now);
  return [
    join([glyph(sign), ' ', word, since === 'just now' ? ', just now' : `, for ${since}`]),
    health.reason,
  ];
}

function latencyLine(samples: readonly (number | undefined)[]): Text | undefined {
  const measured = samples.filter((sample) => sample !== undefined);
  if (measured.length === 0) return undefined;
  const failed = samples.length - measured.length;
  return join([
    `p50 ${milliseconds(percentile(measured, 0.5))} · p95 ${milliseconds(percentile(measured, 0.95))}`,
    failed === 0 ? '' : style('warn', ` · ${failed} failed`),
  ]);
}

/** Each bar has a column in the narrowest pane: no failure is dropped. */
const CHART_BARS = 30;

/** Latency of the last hour, or of the last 24 hours where nobody watched since; undefined without two looks. Pure. */
export function latencyChart(
  serverId: string,
  state: AppState,
  now: number,
): ChartPaneData | undefined {
  const history = historyOf(state, serverId);
  for (const [ms, words] of [
    [HOUR_MS, 'last hour'],
    [DAY_MS, 'last 24 h'],
  ] as const) {
    const buckets = history === undefined ? [] : bucketsOf(history, now - ms, now, CHART_BARS);
    if (buckets.filter(({ count }) => count > 0).length < 2) continue;
    return paneChart(words, barsOf(buckets), minuteOf(now - ms));
  }
  // Where nothing can be kept there is what was seen since the start.
  const samples = state.health.get(serverId)?.samples.slice(-CHART_BARS) ?? [];
  const bars = samples.map((value) => ({ value, failed: value === undefined, empty: false }));
  return bars.length < 2 ? undefined : paneChart('last 10 min', bars, '');
}

function paneChart(words: string, bars: ChartPaneData['bars'], first: string): ChartPaneData {
  const ticks = first === '' ? [] : [{ at: 0, label: first }];
  return { title: `Latency, ${words}`, bars, unit: 'ms', ticks, end: 'now' };
}

/** Nearest-rank percentile of a list that is not empty. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** Droplet id, with its own size and price once they are known. */
function dropletLines({ id, provider, providerId }: ServerEntry, state: AppState): readonly Text[] {
  if (provider === undefined) return ['added by hand'];
  if (missingDroplet(state, id) === 'gone') return [`${providerId ?? 'unknown'}, no longer exists`];
  if (missingDroplet(state, id) === 'elsewhere')
    return [providerId ?? 'unknown', style('warn', 'not in this account')];
  const droplet = state.droplets.listed.get(id);
  const name = providerId ?? 'unknown';
  const unknown = state.droplets.unknown.get(id);
  if (unknown !== undefined) return [name, style('warn', unknown)];
  if (droplet === undefined) return [name];
  const { sizeSlug, priceMonthlyUsd: usd } = droplet;
  return [name, usd === undefined ? sizeSlug : `${sizeSlug} · ${monthly(usd)}`];
}

/** Date and age. Pure. */
export function createdLine(createdAt: string, now: number): Text {
  const at = Date.parse(createdAt);
  if (Number.isNaN(at)) return createdAt;
  const since = age(at, now);
  return since === 'just now' ? 'just now' : `${dateOf(at)} (${since})`;
}

function certificateLines(server: ServerEntry, state: AppState, now: number): readonly Text[] {
  const { authMethod, keychainIdentity, p12Path } = server;
  const known = state.certificates[server.id];
  const endsAt = certificateEndOf(server.id, state);
  if (authMethod === 'keychain') {
    const name = `keychain: ${keychainIdentity ?? 'unnamed identity'}`;
    return endsAt === undefined ? [name] : [name, expiryLine('certificate', endsAt, now)];
  }
  if (endsAt !== undefined) return [expiryLine('client.p12', endsAt, now)];
  if (known?.state === 'unreadable') return [style('warn', known.reason)];
  if (p12Path === undefined)
    return [
      style('warn', 'none on this machine'),
      style('muted', `Press ${keyOf('servers.access')} for instructions.`),
    ];
  return [p12Path.slice(p12Path.lastIndexOf('/') + 1)];
}

function expiryLine(what: string, notAfter: number, now: number): Text {
  if (notAfter <= now) return style('danger', `${what}, expired ${dateOf(notAfter)}`);
  const line = `${what}, expires ${dateOf(notAfter)}`;
  const { nearness } = expiryDate(notAfter, now);
  return nearness === 'far' ? line : style(nearness === 'soon' ? 'warn' : 'danger', line);
}

/** Facts about a provisioning, for the pane beside the list. Pure. */
export function operationDetails(operation: Operation, now: number): readonly DetailRow[] {
  const [sign, word] = operationSign(operation);
  const { at, total } = stepCount(operation);
  const current = operation.steps.find(({ status }) => status === 'running' || status === 'failed');
  const rows: DetailRow[] = [
    { label: 'Status', value: join([glyph(sign), ' ', word]) },
    {
      label: 'Step',
      value: current === undefined ? `${at}/${total}` : `${at}/${total} ${stepTitle(current.id)}`,
    },
    { label: 'Region', value: operation.request.region || '–' },
    { label: 'Started', value: startedLine(operation, now) },
  ];
  if (isUnderWay(operation) && operation.waiting !== undefined)
    rows.push({ label: 'Waiting', value: operation.waiting.text });
  if (operation.error !== undefined)
    rows.push({ label: 'Error', value: style('danger', operation.error.message) });
  if (operation.leftovers.length > 0)
    rows.push({ label: 'Left', value: style('danger', leftText(operation)) });
  rows.push({ label: '', value: style('muted', 'Enter opens it.') });
  return rows;
}

/** State of a provisioning, in a line or two. Pure. */
export function operationNote(operation: Operation): readonly Text[] {
  const [sign, word] = operationSign(operation);
  const first = join([glyph(sign), ' ', word, style('muted', '  Enter opens it.')]);
  if (isUnderWay(operation) && operation.waiting !== undefined)
    return [first, style('muted', operation.waiting.text)];
  // Put costs before reasons.
  if (operation.leftovers.length > 0)
    return [first, style('danger', `Left: ${leftText(operation)}`)];
  if (operation.status === 'out-of-sight')
    return [first, style('warn', 'Its process runs in another container or machine.')];
  if (operation.status === 'interrupted' && mayHaveDroplet(operation))
    return [first, style('warn', 'It may cost money until it is resumed or cleaned up.')];
  if (operation.error === undefined) return [first];
  return [first, style('danger', operation.error.message)];
}

/** `droplet 606395509 costs $4/month, ssh-key 512100` */
function leftText({ leftovers }: Operation): string {
  return leftovers
    .map((resource) => {
      const { monthlyUsd } = resource;
      const cost = monthlyUsd > 0 ? ` costs ${monthly(monthlyUsd)}` : '';
      return `${resourceTitle(resource)}${cost}`;
    })
    .join(', ');
}

function mayHaveDroplet({ steps }: Operation): boolean {
  return steps.some(({ id, status }) => id === 'create_droplet' && status !== 'pending');
}

function startedLine({ startedAt, endedAt }: Operation, now: number): Text {
  if (endedAt === undefined) return join([elapsedSince(startedAt), ' ago']);
  const since = age(startedAt, now);
  return since === 'just now' ? since : `${since} ago`;
}
